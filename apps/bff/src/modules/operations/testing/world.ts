import { type FlowConfig, type LandscapeFile, landscapeFile } from '@pult/shared/contracts/landscape-file';
import type { ErrorClass } from '@pult/shared/domain/delivery/error-cause';
import type { Failed } from '@pult/shared/domain/operation/automatic-retry';
import type { DeliveryState } from '@pult/shared/domain/operation/eligibility';
import { SourceError } from '@pult/shared/errors/app-error';
import type { AskRequest, VerifyAnswer } from '../../../connectors/port/ask.ts';
import type { CircuitState } from '../../../connectors/port/connection-health.ts';
import type { Candidate, DeliveryBook, OperationConnectors } from '../ports.ts';

interface Delivery {
  readonly candidate: Candidate;
  state: DeliveryState;
  attempt: number;
  applied: boolean;
  failedAttempt: number | null;
  error: { code: string; text: string } | null;
  errorClass: ErrorClass | null;
  failedAt: number;
  overtaken: boolean;
  behind: boolean;
  /** State to go back to when a claim is released without an outcome. */
  before: DeliveryState;
}

const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };
const QUESTIONS: Readonly<Record<string, string>> = {
  orders: '/x/{messageId}',
  invoices: '/y/{number}',
  notes: '/z/{messageId}',
  parcels: '/p/{messageId}',
  crates: '/c/{messageId}',
};
/** Of `approvals`: what each of its two targets is asked about. */
export const ASKED_OF: Readonly<Record<'crm' | 'ut', string>> = { crm: 'Заявка', ut: 'Решение' };
/** The target is asked about notes of this type alone. */
export const ASKED_TYPE = 'Накладная';
/** What Pult sends again by itself. */
const AUTOMATIC = { classes: { transport: ['1m', '5m'], capacity: ['10s'] }, perHour: 20, ratePerSecond: 10 };
const connector = { protocol: 'rest', url: 'http://127.0.0.1:1', tokenEnv: 'T' };

/** A shop that sends to a base: `orders` are looked for by message, `invoices` by number, `stock` not at all, of `notes` one document type of several; `receipts` has two sources, `approvals` two targets; `parcels` have a policy of automatic retry, and so have `crates`, with two sources. */
export const testLandscape: LandscapeFile = landscapeFile.parse({
  version: 1,
  systems: [
    { id: 'site', title, kind: 'shop', place, connector },
    { id: 'ut', title, kind: 'onec', place, connector },
    { id: 'branch', title, kind: 'shop', place, connector },
    { id: 'crm', title, kind: 'shop', place, connector },
  ],
  flows: ['orders', 'invoices', 'stock', 'receipts', 'staff', 'notes', 'approvals', 'parcels', 'crates'].map((id) => ({
    id,
    title,
    what: title,
    from: id === 'receipts' || id === 'crates' ? ['site', 'branch'] : ['site'],
    to: ['ut'],
    channel: 'rest',
    watched: true,
    ackTimeoutMs: '1m',
    personalData: id === 'staff',
    retry: {
      resend: { system: id === 'receipts' || id === 'crates' ? 'source' : 'site', path: '/resend' },
      ...(QUESTIONS[id] === undefined
        ? {}
        : {
            reExport: { system: 'site', path: '/re-export' },
            verify: {
              protocol: 'rest',
              system: 'ut',
              path: QUESTIONS[id],
              ...(id === 'notes' ? { types: [ASKED_TYPE] } : {}),
            },
          }),
      ...(id === 'approvals'
        ? {
            verify: Object.entries(ASKED_OF).map(([system, type]) => ({
              protocol: 'rest',
              system,
              path: '/v/{messageId}',
              types: [type],
            })),
          }
        : {}),
      ratePerSecond: 20,
      maxRatePerSecond: 50,
      ...(id === 'parcels' || id === 'crates' ? { automatic: AUTOMATIC } : {}),
    },
  })),
});
export const testFlows = new Map<string, FlowConfig>(testLandscape.flows.map((flow) => [flow.id, flow]));

/** Scripted source, transport and target of tests, with the deliveries that Pult would know about them. */
export class World {
  readonly deliveries = new Map<string, Delivery>();
  /** Clock of the target, ms. */
  now: () => number = () => 0;
  /** Every request that reached the source. */
  readonly asks: { deliveryId: string; key: string; attempt: number; path: string; system: string }[] = [];
  /** Who accepted a message; `site` where nothing is said, null: nobody did. */
  readonly sources = new Map<string, string | null>();
  /** Requests that the source really carried out: one per key. */
  readonly sends: { deliveryId: string; key: string; attempt: number }[] = [];
  readonly verifications: string[] = [];
  /** Documents that stand in the target. */
  readonly atTarget = new Map<string, number>();
  /** Documents that are at the target and not posted. */
  readonly unposted = new Set<string>();
  circuit: CircuitState = 'closed';
  /** Systems that do not answer while the others do. */
  readonly away = new Set<string>();
  /** What the source answers; null = accepts. */
  onAsk: (deliveryId: string, nth: number) => SourceError | null = () => null;
  onVerify: (deliveryId: string) => SourceError | null = () => null;
  /** What the target makes of a message: applied, a failure, or silence. */
  onArrival: (deliveryId: string, attempt: number) => 'applied' | 'failed' | 'silent' = () => 'applied';
  #arrived: { deliveryId: string; attempt: number }[] = [];

  add(count: number, options: Partial<Candidate> & { prefix?: string } = {}): string[] {
    const { prefix = 'd', ...rest } = options;
    return Array.from({ length: count }, (_, index) => {
      const deliveryId = `${prefix}${String(index + 1).padStart(4, '0')}`;
      const state = rest.state ?? 'failed';
      const candidate: Candidate = {
        deliveryId,
        flow: 'orders',
        consumer: 'ut',
        messageId: deliveryId,
        documentType: 'ЗаказКлиента',
        number: `ЗК-${deliveryId}`,
        ref: null,
        businessKey: `ЗК-${deliveryId}`,
        record: null,
        counterparty: 'ООО «Ромашка»',
        amount: '100.10',
        occurredAt: 1_000 + index,
        overdue: false,
        obstacle: null,
        causeId: 'c1',
        causeTitle: 'База не отвечает',
        ...rest,
        state,
      };
      this.deliveries.set(deliveryId, {
        candidate,
        state,
        attempt: 1,
        applied: state === 'applied',
        failedAttempt: 1,
        error: null,
        errorClass: 'transport',
        failedAt: this.now(),
        overtaken: false,
        behind: false,
        before: state,
      });
      return deliveryId;
    });
  }

  get(deliveryId: string): Delivery {
    const found = this.deliveries.get(deliveryId);
    if (found === undefined) throw new Error(`no delivery ${deliveryId}`);
    return found;
  }

  /** The target works off what arrived and its events reach Pult. */
  settle(): void {
    for (const { deliveryId, attempt } of this.#arrived.splice(0)) {
      const outcome = this.onArrival(deliveryId, attempt);
      if (outcome === 'applied') this.apply(deliveryId);
      if (outcome === 'failed') this.fail(deliveryId, attempt);
    }
  }

  apply(deliveryId: string): void {
    const delivery = this.get(deliveryId);
    this.atTarget.set(deliveryId, 1);
    delivery.applied = true;
    delivery.state = 'applied';
  }

  fail(deliveryId: string, attempt: number): void {
    const delivery = this.get(deliveryId);
    delivery.failedAttempt = Math.max(delivery.failedAttempt ?? 0, attempt);
    delivery.error = { code: '500', text: 'Не удалось провести' };
    delivery.failedAt = this.now();
    if (!delivery.applied) delivery.state = 'failed';
  }

  readonly connectors: OperationConnectors = {
    ask: async (system, path, request: AskRequest) => {
      const deliveryId = request.messageId;
      const known = this.sends.some(({ key }) => key === request.idempotencyKey);
      this.asks.push({ deliveryId, key: request.idempotencyKey, attempt: request.attempt, path, system });
      const error = this.onAsk(deliveryId, this.asks.filter((one) => one.deliveryId === deliveryId).length);
      // A request that may have arrived did arrive: the worst case.
      if (error === null || error.maybeSent) {
        if (!known) {
          this.sends.push({ deliveryId, key: request.idempotencyKey, attempt: request.attempt });
          this.#arrived.push({ deliveryId, attempt: request.attempt });
        }
      }
      if (error !== null) throw error;
      return { attempt: request.attempt, duplicate: known };
    },
    redrive: async (_system, { idempotencyKey }) => {
      throw new Error(`nothing is sent over the bus here: ${idempotencyKey}`);
    },
    verify: async (flow, subject): Promise<VerifyAnswer> => {
      this.verifications.push(subject.messageId);
      const error = this.onVerify(subject.messageId);
      if (error !== null) throw error;
      const unposted = this.unposted.has(subject.messageId) ? 'present' : 'absent';
      const byNumber = [...this.atTarget.keys()].some((id) => this.get(id).candidate.number === subject.number);
      const there = flow.id === 'invoices' ? byNumber : this.atTarget.has(subject.messageId);
      const outcome = there ? 'applied' : unposted;
      return { outcome, system: 'ut', ref: null, number: null, duplicates: 0 };
    },
    state: (system: string) => ({
      lastOkAt: null,
      lastErrorAt: null,
      lastError: null,
      downSince: null,
      circuit: this.away.has(system) ? 'open' : this.circuit,
      nextProbeAt: this.away.has(system) ? this.now() + 30_000 : null,
      login: null,
      inFlight: 0,
      requestsPerMinute: 0,
      latencyP95Ms: null,
      busyShare: 0,
    }),
  };

  /** Facts come out of the transaction at its end only; a rolled back one leaves nothing behind. */
  readonly book: DeliveryBook = {
    byIds: async (ids) => ids.flatMap((id) => this.#candidate(id)),
    byFilter: async () => [...this.deliveries.keys()].flatMap((id) => this.#candidate(id)),
    byCauses: async (causes) =>
      [...this.deliveries.values()]
        .filter(({ candidate }) => causes.includes(candidate.causeId ?? ''))
        .flatMap(({ candidate }) => this.#candidate(candidate.deliveryId)),
    news: async (ids) =>
      ids.flatMap((deliveryId) => {
        const one = this.deliveries.get(deliveryId);
        return one === undefined
          ? []
          : [
              {
                deliveryId,
                state: one.state,
                applied: one.applied,
                failedAttempt: one.failedAttempt,
                error: one.error,
              },
            ];
      }),
    failedOf: async ({ flow, classes, failedUpTo, after, limit }) =>
      [...this.deliveries.keys()]
        .flatMap((id) => this.#failed(id))
        .filter((one) => one.flow === flow && one.failedAt <= failedUpTo)
        .filter(({ errorClass }) => classes === null || (errorClass !== null && classes.includes(errorClass)))
        .sort((a, b) => a.failedAt - b.failedAt || (a.deliveryId < b.deliveryId ? -1 : 1))
        .filter(
          (one) =>
            after === null ||
            one.failedAt > after.failedAt ||
            (one.failedAt === after.failedAt && one.deliveryId > after.deliveryId),
        )
        .slice(0, limit),
    overtaken: async (_tx, ids) => ids.filter((id) => this.get(id).overtaken),
    failedOne: async (id) => this.#failed(id)[0] ?? null,
    obstacles: async (ids) =>
      new Map(ids.map((id) => [id, this.deliveries.get(id)?.candidate.obstacle ?? null] as const)),
    obstaclesUnderLock: async (_tx, ids) =>
      new Map(ids.map((id) => [id, this.deliveries.get(id)?.candidate.obstacle ?? null] as const)),
    withSiblingsAtTarget: async (ids) =>
      ids.filter((id) =>
        [...this.deliveries.values()].some(
          ({ candidate, state }) =>
            candidate.deliveryId !== id &&
            candidate.number === this.get(id).candidate.number &&
            ['sent', 'delivered', 'applied', 'in_doubt'].includes(state),
        ),
      ),
    recordToResend: async () => null,
    sourceOf: async (id) => this.sources.get(id) ?? (this.sources.has(id) ? null : 'site'),
    claimed: async (_tx, { deliveryIds }) => {
      for (const id of deliveryIds) {
        const one = this.get(id);
        one.before = one.state;
        one.state = 'retrying';
      }
    },
    released: async (_tx, { deliveryIds }) => {
      for (const id of deliveryIds) {
        const one = this.get(id);
        if (one.state === 'retrying') one.state = one.before;
      }
    },
    // The number depends on stored attempts only: after a rollback the same one is given again.
    attemptStarted: async (_tx, { deliveryId }) => this.get(deliveryId).attempt + 1,
    attemptFailed: async (_tx, { deliveryId, attempt }) => this.fail(deliveryId, attempt),
    timedOut: async (_tx, { deliveryId }) => {
      const one = this.get(deliveryId);
      if (!one.applied) one.state = 'in_doubt';
    },
    verified: async (_tx, { deliveryId, outcome }) => {
      const one = this.get(deliveryId);
      if (outcome === 'applied') {
        one.applied = true;
        one.state = 'applied';
      } else if (!one.applied) one.state = outcome === 'present' ? 'delivered' : 'failed';
    },
    discarded: async (_tx, { deliveryIds }) => {
      for (const id of deliveryIds) this.get(id).state = 'discarded';
    },
    restored: async (_tx, { deliveryIds }) => {
      for (const id of deliveryIds) this.get(id).state = 'failed';
    },
  };

  #failed(id: string): Failed[] {
    const one = this.deliveries.get(id);
    if (one === undefined || one.state !== 'failed') return [];
    const { deliveryId, flow, documentType, obstacle } = one.candidate;
    const { errorClass, overtaken, behind } = one;
    return [{ deliveryId, flow, documentType, obstacle, failedAt: one.failedAt, errorClass, overtaken, behind }];
  }

  #candidate(id: string): Candidate[] {
    const one = this.deliveries.get(id);
    return one === undefined ? [] : [{ ...one.candidate, state: one.state }];
  }
}

export const unreachable = (maybeSent: boolean): SourceError =>
  new SourceError('source.unreachable', { system: 'site', text: 'ECONNRESET' }, { canRetry: true, maybeSent });
/** The way to a system is closed: nothing leaves. */
export const circuitOpen = (system: string): SourceError =>
  new SourceError('source.circuit_open', { system, text: '' }, { canRetry: true, maybeSent: false });
export const refused = (): SourceError =>
  new SourceError(
    'source.not_found',
    { system: 'site', text: 'unknown message' },
    { canRetry: false, maybeSent: false },
  );

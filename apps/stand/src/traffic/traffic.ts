/** Documents of a business day, made one after another at an adjustable pace. */
import { Journal } from '../journal.ts';
import type { Random } from '../onec/random.ts';
import type { Systems } from '../workers/systems.ts';
import type { Documents } from './documents.ts';
import { decideInElma } from './elma-decisions.ts';
import { answerQuestions } from './questions.ts';
import { chanceOf, gapMs, planApproval, planOrder, planReceipt } from './rhythm.ts';

const STREAMS = [
  'orders',
  'sales',
  'payments',
  'approvals',
  'answers',
  'decisions',
  'marketOrders',
  'receipts-1',
  'receipts-2',
  'receipts-3',
  'prices',
  'quality',
  'staff',
] as const;
export type Stream = (typeof STREAMS)[number];

/** Pause of each stream in a full hour at pace 1. */
const EVERY_MS: Readonly<Record<Stream, number>> = {
  orders: 15_000,
  sales: 20_000,
  payments: 60_000,
  approvals: 240_000,
  answers: 20_000,
  decisions: 600_000,
  marketOrders: 90_000,
  'receipts-1': 300_000,
  'receipts-2': 300_000,
  'receipts-3': 300_000,
  prices: 600_000,
  quality: 240_000,
  staff: 600_000,
};
/** A stream by the name of the site it belongs to. */
const RECEIPTS_OF = { 'receipts-1': 'erp-1', 'receipts-2': 'erp-2', 'receipts-3': 'erp-3' } as const;
const NOTHING_MADE = Object.fromEntries(STREAMS.map((stream) => [stream, 0])) as Record<Stream, number>;
/** An initiator answers after this long. */
const ANSWER_AFTER_MS = 90_000;
/** Whoever works in ELMA decides what nobody has touched for so long. */
const DECIDE_AFTER_MS = 2 * 3_600_000;
const LOOK_MS = 500;

export interface TrafficState {
  readonly running: boolean;
  readonly pace: number;
  /** Documents made so far; the number of the next one decides what it is. */
  readonly made: Readonly<Record<Stream, number>>;
}

export interface TrafficParts {
  readonly seed: number;
  readonly documents: Documents;
  readonly systems: Systems;
  /** File of the state; null starts anew each time. */
  readonly path: string | null;
  readonly pace: number;
}

/** What was made, where it stands and how fast it goes survive a restart: no document is made twice. */
export class Traffic {
  readonly #parts: TrafficParts;
  readonly #journal: Journal<TrafficState>;
  readonly #nextAt = new Map<Stream, number>();
  #state: TrafficState;
  #timer: ReturnType<typeof setInterval> | null = null;
  readonly #busy = new Set<Stream>();

  constructor(parts: TrafficParts) {
    this.#parts = parts;
    this.#journal = new Journal(parts.path);
    this.#state = this.#journal.read().at(-1) ?? {
      running: true,
      pace: parts.pace,
      made: NOTHING_MADE,
    };
    // A state of an earlier release knows fewer streams.
    this.#state = { ...this.#state, made: { ...NOTHING_MADE, ...this.#state.made } };
    this.#journal.rewrite([this.#state]);
  }

  get state(): TrafficState {
    return this.#state;
  }

  change(to: { readonly running?: boolean; readonly pace?: number }): TrafficState {
    const pace = to.pace !== undefined && Number.isFinite(to.pace) ? Math.min(20, Math.max(0.1, to.pace)) : undefined;
    this.#keep({
      ...this.#state,
      ...(to.running === undefined ? {} : { running: to.running }),
      ...(pace === undefined ? {} : { pace }),
    });
    // A faster pace is seen at once, not after a pause that was drawn for the slow one.
    if (pace !== undefined) this.#nextAt.clear();
    return this.#state;
  }

  /** Chance of the next document of a stream; every call takes a number. */
  chance(stream: Stream): Random {
    const number = this.#state.made[stream] + 1;
    this.#keep({ ...this.#state, made: { ...this.#state.made, [stream]: number } });
    return chanceOf(this.#parts.seed, stream, number);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.tick(Date.now()), LOOK_MS);
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Makes what is due at `now`. A system that is away skips its document: a shop that is down takes no orders. */
  tick(now: number): void {
    if (!this.#state.running) return;
    for (const stream of STREAMS) {
      const due = this.#nextAt.get(stream);
      if (due === undefined || due <= now) {
        const random = chanceOf(this.#parts.seed, `gap ${stream}`, this.#state.made[stream]);
        this.#nextAt.set(stream, now + gapMs(random, { everyMs: EVERY_MS[stream], pace: this.#state.pace, at: now }));
      }
      if (due === undefined || due > now || this.#busy.has(stream)) continue;
      this.#busy.add(stream);
      void this.#make(stream)
        .catch(() => undefined)
        .finally(() => this.#busy.delete(stream));
    }
  }

  async #make(stream: Stream): Promise<void> {
    const { documents, systems } = this.#parts;
    switch (stream) {
      case 'orders': {
        const random = this.chance('orders');
        await documents.siteOrder(random, planOrder(random).wish);
        return;
      }
      case 'sales':
        await documents.sale(this.chance('sales'));
        return;
      case 'payments':
        await documents.payment(this.chance('payments'));
        return;
      case 'approvals': {
        const random = this.chance('approvals');
        const plan = planApproval(random);
        if (plan.kind === 'return') await documents.returnRequest(random);
        else await documents.discountOrder(random, plan.kind === 'discount' ? plan.deviation : 0);
        return;
      }
      case 'marketOrders': {
        const random = this.chance('marketOrders');
        await documents.siteOrder(random, planOrder(random).wish, 'market');
        return;
      }
      case 'receipts-1':
      case 'receipts-2':
      case 'receipts-3': {
        const random = this.chance(stream);
        await documents.production.receipt(random, { site: RECEIPTS_OF[stream], item: planReceipt(random).item });
        return;
      }
      case 'prices':
        await documents.production.prices(this.chance('prices'));
        return;
      case 'quality':
        await documents.production.quality(this.chance('quality'));
        return;
      case 'staff':
        await documents.personnel.document(this.chance('staff'));
        return;
      case 'decisions':
        await decideInElma(systems, this.chance('decisions'), { afterMs: DECIDE_AFTER_MS });
        return;
      case 'answers':
        await answerQuestions(systems, () => this.chance('answers'), { afterMs: ANSWER_AFTER_MS });
    }
  }

  #keep(state: TrafficState): void {
    this.#state = state;
    this.#journal.rewrite([state]);
  }
}

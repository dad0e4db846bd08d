/** What a document of EDI states about a delivery, as the same CloudEvents that systems send. Pure. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { isPartial, orderAmount, plainAnswer } from '@pult/shared/domain/edi/answer';
import type { EdiNotice, EdiOrder, EdiResponse } from '@pult/shared/domain/edi/document';

/** Order that a document is about, as the store knows it. */
export interface KnownOrder {
  readonly messageId: string;
  readonly number: string;
  /** Highest attempt that Pult knows: news come about the present one. */
  readonly attempt: number;
}

export interface FileFacts {
  readonly flow: FlowConfig;
  readonly system: string;
  readonly file: { readonly name: string; readonly hash: string; readonly encoding: string | null };
  /** ms. */
  readonly at: number;
}

/** An event of the intake and the system in whose name it speaks. */
export interface StatedEvent {
  readonly systemId: string;
  readonly event: Readonly<Record<string, unknown>>;
}

const ORDER_TYPE = 'ЗаказСети';

/**
 * Identity of an order: buyer, number, date. Numbers repeat from year to year and from chain to chain. A replacement is a
 * message of its own: the first one may be processed already.
 */
export const orderMessageId = (order: EdiOrder, hash: string): string =>
  `${order.parties.buyer}:${order.number}:${order.date}${order.purpose === 'replace' ? `:R${hash.slice(0, 8)}` : ''}`;

type Kind = 'accepted' | 'sent' | 'applied' | 'failed';

function stated(
  { flow, file, at }: FileFacts,
  of: {
    readonly kind: Kind;
    readonly systemId: string;
    readonly order: Pick<KnownOrder, 'messageId' | 'number' | 'attempt'>;
    readonly message?: Readonly<Record<string, unknown>>;
    readonly error?: { readonly code: string; readonly text: string; readonly class: string };
  },
): StatedEvent {
  const { kind, systemId, order } = of;
  return {
    systemId,
    event: {
      specversion: '1.0',
      id: `file:${file.hash}:${kind}`,
      source: systemId,
      type: `exchange.${kind}`,
      time: new Date(at).toISOString(),
      data: {
        flow: flow.id,
        consumer: flow.to[0],
        attempt: order.attempt,
        message: {
          id: order.messageId,
          key: { type: ORDER_TYPE, number: order.number, ref: null },
          ...of.message,
        },
        ...(of.error === undefined ? {} : { error: of.error }),
      },
    },
  };
}

/** An order that passed: the provider has it and gave it to the target. */
export function orderFacts(
  facts: FileFacts,
  order: EdiOrder,
  partner: { readonly name: string; readonly inn: string | null } | null,
): StatedEvent[] {
  const known = { messageId: orderMessageId(order, facts.file.hash), number: order.number, attempt: 1 };
  const amount = orderAmount(order);
  const message = {
    counterparty: {
      name: partner?.name ?? order.buyerName ?? `GLN ${order.parties.buyer}`,
      inn: partner?.inn ?? order.buyerInn,
    },
    ...(amount === null ? {} : { amount }),
    // The day of the order, at noon in Moscow: a date has no time of its own.
    occurredAt: `${order.date}T09:00:00Z`,
    payload: { file: { name: facts.file.name, encoding: facts.file.encoding }, order },
  };
  return [
    stated(facts, { kind: 'accepted', systemId: facts.system, order: known, message }),
    stated(facts, { kind: 'sent', systemId: facts.system, order: known }),
  ];
}

/** The chain took its order back: whoever waits for it to be processed waits in vain. */
export const cancelFacts = (facts: FileFacts, order: EdiOrder, known: KnownOrder): StatedEvent[] => [
  stated(facts, {
    kind: 'failed',
    systemId: facts.system,
    order: known,
    error: {
      code: 'edi.cancelled_by_chain',
      text: `Сеть отозвала заказ ${order.number} от ${order.date}`,
      class: 'business',
    },
  }),
];

/** An answer that passed: the target has processed the order, unless it answered in a way that the flow does not carry. */
export function responseFacts(facts: FileFacts, response: EdiResponse, known: KnownOrder): StatedEvent[] {
  const target = facts.flow.to[0] ?? '';
  if (!facts.flow.partialShipment && isPartial(response))
    return [
      stated(facts, {
        kind: 'failed',
        systemId: target,
        order: known,
        error: {
          code: 'edi.partial_not_allowed',
          text: `Сеть получила частичный ответ, а поток его не разрешает: ${plainAnswer(response)}`,
          class: 'business',
        },
      }),
    ];
  return [stated(facts, { kind: 'applied', systemId: target, order: known })];
}

/** A notice about an order: only a refusal is news, the rest is noise of the way. */
export function noticeFacts(facts: FileFacts, notice: EdiNotice, known: KnownOrder): StatedEvent[] {
  if (notice.ok) return [];
  const errorClass = classOf(notice);
  return [
    stated(facts, {
      kind: 'failed',
      // The provider only carries it: which goods are known is the accounting system's word, the form of a file its own.
      systemId: errorClass === 'mapping' ? (facts.flow.to[0] ?? facts.system) : facts.system,
      order: known,
      error: { code: `edi.${notice.dialect}_${notice.code ?? 'error'}`, text: notice.text, class: errorClass },
    }),
  ];
}

/** Texts of notices are free: unknown goods are told apart, the rest is refused data. */
const classOf = ({ text }: EdiNotice): string =>
  /штрихкод|gtin|номенклатур|товар.{0,40}не (найден|определ)/i.test(text) ? 'mapping' : 'validation';

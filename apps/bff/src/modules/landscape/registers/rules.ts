/**
 * What the exchange registers of БСП mean (objects and enumerations: docs/protocols/onec-odata.md). Pure: rows of 1С are
 * turned into facts by the store's reader, judged here.
 */
import type { ExchangeNode, ExchangeProblemKind, ExchangeRunResult } from '@pult/shared/contracts/exchange-registers';

const KINDS: Readonly<Record<string, ExchangeProblemKind>> = {
  НепроведенныйДокумент: 'not_posted',
  НезаполненныеРеквизиты: 'required_fields_empty',
  ОшибкаВыполненияКодаОбработчиковПриОтправкеДанных: 'send_handler_failed',
  ОшибкаВыполненияКодаОбработчиковПриПолученииДанных: 'receive_handler_failed',
  ОшибкаПроверкиСконвертированногоОбъекта: 'converted_object_invalid',
  АдминистративнаяОшибкаПриложения: 'administrative',
  СообщениеОбменаНеПомещеноВАрхив: 'message_not_archived',
};
/** A kind that this release of Pult does not know is still a problem. */
export const problemKindOf = (name: string): ExchangeProblemKind => KINDS[name] ?? 'other';

const RESULTS: Readonly<Record<string, ExchangeRunResult>> = {
  Выполнено: 'done',
  ВыполненоСПредупреждениями: 'done_with_warnings',
  Предупреждение_СообщениеОбменаБылоРанееПринято: 'already_received',
  Отменено: 'cancelled',
  Ошибка: 'failed',
  Ошибка_ТранспортСообщения: 'transport_failed',
};
/** An unknown result is taken for a failure: silence about it would be worse. */
export const runResultOf = (name: string): ExchangeRunResult => RESULTS[name] ?? 'failed';

export const runFailed = (result: ExchangeRunResult): boolean => result === 'failed' || result === 'transport_failed';

/** A node whose last sending or receiving failed. */
export const nodeFails = (node: Pick<ExchangeNode, 'export' | 'import'>): boolean =>
  [node.export, node.import].some((run) => run !== null && runFailed(run.result));

/** Messages sent to a node and not confirmed by it; never below zero: a node restored from a copy may be ahead. */
export const lagOf = (sentNo: number | null, receivedNo: number | null): number =>
  Math.max(0, (sentNo ?? 0) - (receivedNo ?? 0));

/** A node that has left so many messages unconfirmed does not confirm what it is sent (design/domain: SBS-130). */
export const confirms = (lag: number, lagWarn: number): boolean => lag < lagWarn;

/**
 * Address that opens an object in the web client of 1С: `…#e1cib/data/Документ.X?ref=…`. The reference is written there with the
 * groups of its guid in reverse order. Null when the object is none that can be opened.
 */
export function objectLink(base: string | undefined, metadata: string, ref: string | null): string | null {
  const [, a = '', b = '', c = '', d = '', e = ''] =
    /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i.exec(ref ?? '') ?? [];
  if (base === undefined || a === '' || !/^[\p{L}]+\.[\p{L}\p{N}_]+$/u.test(metadata)) return null;
  return `${base.replace(/\/$/, '')}/#e1cib/data/${encodeURIComponent(metadata)}?ref=${d}${e}${c}${b}${a}`;
}

/** A reading older than this many of its intervals, and than two minutes, is old news. */
const STALE_ROUNDS = 3;
const LEAST_STALE_MS = 120_000;
export const registersStale = (freshAt: number | null, now: number, everyMs: number): boolean =>
  freshAt === null || now - freshAt > Math.max(LEAST_STALE_MS, STALE_ROUNDS * everyMs);

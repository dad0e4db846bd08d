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

/** A reading older than this many of its intervals, and than two minutes, is old news. */
const STALE_ROUNDS = 3;
const LEAST_STALE_MS = 120_000;
export const registersStale = (freshAt: number | null, now: number, everyMs: number): boolean =>
  freshAt === null || now - freshAt > Math.max(LEAST_STALE_MS, STALE_ROUNDS * everyMs);

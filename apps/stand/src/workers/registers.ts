/** What the exchange writes into the registers of БСП of the bases: its last runs, the objects that did not get through. */
import { type BaseName, isBase } from '../onec/bases.ts';
import { NODE_CODES } from '../onec/seed-exchange.ts';
import { UNIVERSAL_PLAN } from '../onec/trade-objects.ts';
import { localOf } from './moscow-time.ts';
import { odataText, type Row } from './onec-base.ts';
import type { MessageRecord } from './records.ts';
import type { Systems } from './systems.ts';
import { TransferError } from './transfer-error.ts';

const PROBLEMS = 'InformationRegister_РезультатыОбменаДанными';
const STATES = 'InformationRegister_СостоянияОбменовДанными';
const SUCCESSES = 'InformationRegister_СостоянияУспешныхОбменовДанными';
const INTEGRATION = 'InformationRegister_СостоянияИнтеграцииОбъектов';
/** A run is written down at most this often, as one that takes what has gathered would. */
const RUN_EVERY_MS = 15_000;
const EXTERNAL: Readonly<Record<string, string>> = {
  site: 'Сайт',
  market: 'EKF Market',
  elma: 'ELMA',
  hrtek: 'VK HR Tek',
  qc: 'EproQc',
};

type Action = 'ВыгрузкаДанных' | 'ЗагрузкаДанных';
interface Run {
  readonly base: BaseName;
  readonly partner: BaseName;
  readonly action: Action;
}

export class Registers {
  readonly #systems: Systems;
  readonly #nodes = new Map<string, string>();
  readonly #written = new Map<string, { at: number; result: string }>();
  /** Messages that have left a trace in a register which success must take away. */
  readonly #traces = new Set<string>();

  constructor(systems: Systems) {
    this.#systems = systems;
  }

  async succeeded(record: MessageRecord): Promise<void> {
    await this.#quietly(async () => {
      await this.#runs(record, 'Выполнено');
      if (!this.#traces.has(traceOf(record)) && record.attempt === 1) return;
      this.#traces.delete(traceOf(record));
      const { source, consumer } = record;
      if (isBase(source) && consumer in EXTERNAL)
        await this.#systems.registers('write', { base: source, set: INTEGRATION }, [integrationRow(record, null)]);
      else if (isBase(consumer) && isBase(source)) {
        const node = await this.#node(consumer, source);
        if (node === null) return;
        const rows = PROBLEM_TYPES.map((type) => problemKey(record, node, type));
        await this.#systems.registers('drop', { base: consumer, set: PROBLEMS }, rows);
      }
    });
  }

  async failed(record: MessageRecord, error: TransferError): Promise<void> {
    await this.#quietly(async () => {
      const { source, consumer } = record;
      const isTransport = error.ref === null && /Couldn't connect|время ожидания|ответил 5/.test(error.message);
      await this.#runs(record, resultOf(error, isTransport));
      // An exchange that did not get through says so in its run, not of every object.
      if (isTransport) return;
      this.#traces.add(traceOf(record));
      if (isBase(source) && consumer in EXTERNAL)
        await this.#systems.registers('write', { base: source, set: INTEGRATION }, [integrationRow(record, error)]);
      else if (isBase(consumer) && isBase(source)) {
        const node = await this.#node(consumer, source);
        if (node === null) return;
        await this.#systems.registers('write', { base: consumer, set: PROBLEMS }, [problemRow(record, node, error)]);
      }
    });
  }

  /** Source exports, target imports; each base keeps its own side. */
  async #runs(record: MessageRecord, result: string): Promise<void> {
    const { source, consumer } = record;
    if (!isBase(source) || !isBase(consumer)) return;
    await this.#run({ base: source, partner: consumer, action: 'ВыгрузкаДанных' }, result);
    await this.#run({ base: consumer, partner: source, action: 'ЗагрузкаДанных' }, result);
  }

  async #run({ base, partner, action }: Run, result: string): Promise<void> {
    const key = `${base} ${partner} ${action}`;
    const last = this.#written.get(key);
    const now = Date.now();
    if (last && last.result === result && now - last.at < RUN_EVERY_MS) return;
    const node = await this.#node(base, partner);
    if (node === null) return;
    this.#written.set(key, { at: now, result });
    const of = { ...nodeField(node), ДействиеПриОбмене: action };
    const ended = localOf(now);
    await this.#systems.registers('write', { base, set: STATES }, [
      { ...of, РезультатВыполненияОбмена: result, ДатаНачала: localOf(now - 2_000), ДатаОкончания: ended },
    ]);
    if (result.startsWith('Выполнено'))
      await this.#systems.registers('write', { base, set: SUCCESSES }, [{ ...of, ДатаОкончания: ended }]);
  }

  /** Reference of the partner in the plan of a base; null when the base does not know it. */
  async #node(base: BaseName, partner: BaseName): Promise<string | null> {
    const key = `${base} ${partner}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const filter = `Code eq ${odataText(NODE_CODES[partner])}`;
    const [row] = await this.#systems.base(base).list(UNIVERSAL_PLAN, { filter, select: ['Ref_Key'], top: 1 });
    if (!row) return null;
    const ref = String(row.Ref_Key);
    this.#nodes.set(key, ref);
    return ref;
  }

  /** A register that cannot be written keeps no document from travelling. */
  async #quietly(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      if (!(error instanceof TransferError)) throw error;
    });
  }
}

const traceOf = ({ flow, messageId }: MessageRecord): string => `${flow} ${messageId}`;

function resultOf(error: TransferError, isTransport: boolean): string {
  if (isTransport) return 'Ошибка_ТранспортСообщения';
  return error.ref === null ? 'Ошибка' : 'ВыполненоСПредупреждениями';
}

const nodeField = (ref: string): Row => ({
  УзелИнформационнойБазы: ref,
  УзелИнформационнойБазы_Type: `StandardODATA.${UNIVERSAL_PLAN}`,
});

const PROBLEM_TYPES = ['НепроведенныйДокумент', 'ОшибкаВыполненияКодаОбработчиковПриПолученииДанных'] as const;

const problemKey = (record: MessageRecord, node: string, type: (typeof PROBLEM_TYPES)[number]): Row => ({
  ТипПроблемы: type,
  ...nodeField(node),
  ОбъектМетаданных: `Документ.${record.type}`,
  ПроблемныйОбъект: record.messageId,
  ПроблемныйОбъект_Type: `StandardODATA.Document_${record.type}`,
  КлючУникальности: record.messageId.replaceAll('-', '').padEnd(32, '0').slice(0, 32),
});

function problemRow(record: MessageRecord, node: string, error: TransferError): Row {
  const now = localOf(Date.now());
  const [unposted, unread] = PROBLEM_TYPES;
  return {
    ...problemKey(record, node, error.ref === null ? unread : unposted),
    ДатаВозникновения: now,
    Причина: error.message,
    Пропущена: false,
    НомерДокумента: record.number,
    ДатаДокумента: localOf(record.occurredAt),
    ПредставлениеОбъекта: `${record.type} ${record.number}`,
  };
}

const integrationRow = (record: MessageRecord, error: TransferError | null): Row => ({
  ИдентификаторОбъекта: record.messageId,
  УчетнаяСистема: EXTERNAL[record.consumer] ?? record.consumer,
  Состояние: error === null ? 'Интегрирован' : 'Ошибка',
  Описание: error === null ? '' : `${record.type} ${record.number}: ${error.message}`,
});

/** What the generated landscape looks like: flows, documents, causes of failure. */
export interface SeedFlow {
  readonly id: string;
  /** System that reports, with its key. */
  readonly source: 'site' | 'ut';
  readonly consumer: string;
  readonly keyType: string;
  readonly prefix: string;
  /** Has counterparty and amount. */
  readonly trade: boolean;
  /** Share of all deliveries. */
  readonly share: number;
}

export const FLOWS: readonly SeedFlow[] = [
  {
    id: 'site-orders',
    source: 'site',
    consumer: 'ut',
    keyType: 'ЗаказКлиента',
    prefix: 'ЗК-',
    trade: true,
    share: 0.4,
  },
  {
    id: 'ut-bp-sales',
    source: 'ut',
    consumer: 'bp',
    keyType: 'РеализацияТоваровУслуг',
    prefix: 'УТ00-',
    trade: true,
    share: 0.35,
  },
  {
    id: 'ut-elma-approvals',
    source: 'ut',
    consumer: 'elma',
    keyType: 'СогласованиеПродажи',
    prefix: 'СП-',
    trade: true,
    share: 0.1,
  },
  {
    id: 'ut-site-prices-stock',
    source: 'ut',
    consumer: 'site',
    keyType: 'ПакетЦенИОстатков',
    prefix: 'ПЦ-',
    trade: false,
    share: 0.15,
  },
];

/** Texts of systems; `%s` is the part that differs from message to message. */
export const ERRORS: readonly string[] = [
  'Не найдена номенклатура по артикулу «EKF-%s»',
  'Превышено время ожидания ответа сервера, запрос %s',
  'Не удалось провести документ «Заказ клиента %s»: не заполнено соглашение',
  '1С:Предприятие: не обнаружено свободной лицензии (запрос %s)',
  'Не хватает 12 шт. товара по заказу %s',
  'Ставка НДС не сопоставлена, строка %s',
  'Контрагент с ИНН %s не найден',
  'Период закрыт для изменений, документ %s',
  'HTTP 503 Service Unavailable, request %s',
  'fetch failed: connect ECONNREFUSED 10.0.0.5:80, attempt for %s',
  'Ошибка при выполнении обработчика ПриЗаписи, объект %s',
  'Не указан склад отгрузки в заказе %s',
  'Конфликт блокировок при выполнении транзакции %s',
  'Нарушение прав доступа к документу %s',
  '401 Unauthorized, request %s',
  'ИНН %s не прошёл проверку контрольной суммы',
  'Начало сеанса с информационной базой запрещено, попытка %s',
  '429 Too Many Requests, package %s',
  'Неизвестная единица измерения в строке %s',
  'Договор не согласован, документ %s',
];

export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly [field: string]: unknown;
}

/** A generated delivery, as the table `bench_seed` keeps it. Moments in ms. */
export interface SeedRow {
  readonly flow: string;
  readonly source: 'site' | 'ut';
  readonly consumer: string;
  readonly message_id: string;
  readonly key_type: string;
  readonly key_number: string;
  readonly key_ref: string | null;
  readonly counterparty: string | null;
  readonly inn: string | null;
  readonly amount: string | null;
  readonly error_text: string | null;
  readonly body: unknown;
  /** Kind, attempt and moment of each event. */
  readonly steps: readonly (readonly [string, number, number])[];
}

/** The events that a reporter would have sent about a generated delivery. */
export const eventsOf = (row: SeedRow): CloudEvent[] =>
  row.steps.map(([kind, attempt, at]) => ({
    specversion: '1.0',
    id: `${row.message_id}-${kind}-${attempt}`,
    source: row.source,
    type: `exchange.${kind}`,
    time: new Date(at).toISOString(),
    data: {
      flow: row.flow,
      consumer: row.consumer,
      attempt,
      message: {
        id: row.message_id,
        key: { type: row.key_type, number: row.key_number, ref: row.key_ref },
        counterparty: row.counterparty === null ? null : { name: row.counterparty, inn: row.inn },
        amount: row.amount,
        ...(kind === 'accepted' ? { payload: row.body } : {}),
      },
      ...(kind === 'failed' ? { error: { code: '400', text: row.error_text } } : {}),
    },
  }));

/** Posts events with the keys of their sources; throws unless every one was accepted. */
export async function report(
  system: { readonly url: string; readonly tokens: { readonly site: string; readonly ut: string } },
  events: readonly CloudEvent[],
): Promise<void> {
  for (const source of ['site', 'ut'] as const) {
    const own = events.filter((event) => event.source === source);
    for (let at = 0; at < own.length; at += 500) {
      const response = await fetch(`${system.url}/api/intake/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/cloudevents-batch+json',
          authorization: `Bearer ${system.tokens[source]}`,
        },
        body: JSON.stringify(own.slice(at, at + 500)),
      });
      const text = await response.text();
      if (!response.ok || /"status":"(quarantined|duplicate)"/.test(text))
        throw new Error(`intake: ${text.slice(0, 500)}`);
    }
  }
}

/** Faults that a person switches. Whether one is on is asked of the process that has it: nothing is remembered here. */

import { BASES, type BaseName, SITES } from '../onec/bases.ts';
import { STOPPABLE } from '../workers/services.ts';
import type { Settings } from '../workers/settings.ts';
import type { Systems } from '../workers/systems.ts';
import { BUS_FAULTS } from './bus-faults.ts';
import { EDI_FAULTS } from './edi-faults.ts';
import type { Fault, Switchable } from './fault.ts';

const ofBase = (fault: Switchable, targets: readonly BaseName[] = BASES): Fault => ({ ...fault, targets, of: 'onec' });
const ofWorkers = (fault: Omit<Switchable, 'on' | 'off'>, targets: readonly string[] = []): Fault => ({
  ...fault,
  ...flag,
  targets,
  of: 'workers',
});
const flag = { on: true, off: false } as const;

export const FAULTS: readonly Fault[] = [
  ofBase({
    id: 'base-down',
    title: 'База не отвечает',
    sees: 'подключение краснеет, данные по базе стареют; доставки падают с причиной «нет связи», их собирает один инцидент.',
    switch: 'down',
    ...flag,
  }),
  ofBase({
    id: 'slow',
    title: 'База отвечает через 6 секунд',
    sees: 'растут задержки p95 и p99 её потоков, опросы реже; ошибок нет.',
    switch: 'slowMs',
    on: 6_000,
    off: 0,
  }),
  ofBase({
    id: 'licence',
    title: 'Кончились лицензии',
    sees: 'причина «Не обнаружено свободной лицензии!», класс «мощность»; Пульт сам перестаёт спрашивать базу.',
    switch: 'licence',
    ...flag,
  }),
  ofBase({
    id: 'maintenance',
    title: 'Технические работы, сеансы запрещены',
    sees: 'причина «Начало сеанса с информационной базой запрещено»; подключение говорит об обслуживании.',
    switch: 'maintenance',
    ...flag,
  }),
  ofBase({
    id: 'unauthorized',
    title: 'Пароль не принят (401)',
    sees: 'подключение просит проверить логин; доставки падают с классом «авторизация».',
    switch: 'unauthorized',
    ...flag,
  }),
  ofBase({
    id: 'html-200',
    title: 'Страница входа вместо данных (HTTP 200)',
    sees: 'подключение говорит, что ответила страница, а не 1С: хотя статус 200, данных нет.',
    switch: 'html200',
    ...flag,
  }),
  ofBase({
    id: 'posting-error',
    title: 'Документы не проводятся',
    sees: 'доставлено, но не проведено: три причины с текстами обработчиков, класс «правило учёта».',
    switch: 'postingError',
    on: 1,
    off: 0,
  }),
  ofBase(
    {
      id: 'period-closed',
      title: 'Период закрыт',
      sees: 'документы и пакеты доставлены, но не проведены: «период закрыт для изменений», класс «правило учёта».',
      switch: 'periodClosed',
      ...flag,
    },
    ['bp', 'uh'],
  ),
  ofBase({
    id: 'gateway',
    title: 'Веб-сервер перед базой отвечает 503',
    sees: 'подключение говорит, что база перегружена; повторы идут сами, когда она ответит.',
    switch: 'gateway',
    on: 503,
    off: 0,
  }),
  ofBase({
    id: 'platform-error',
    title: 'Платформа отвечает страницей своей ошибки',
    sees: 'причина «вместо данных пришла страница»: это не отказ документа, поэтому запись вслепую не повторяется.',
    switch: 'platformError',
    ...flag,
  }),
  {
    id: 'elma-slow',
    title: 'ELMA отвечает через 8 секунд',
    sees: 'решения доходят позже, их доставка видна в карточке; подключение помечено медленным.',
    targets: [],
    of: 'elma',
    switch: 'slowMs',
    on: 8_000,
    off: 0,
  },
  {
    id: 'elma-down',
    title: 'ELMA не отвечает',
    sees: 'заявки копятся в потоке УТ → ELMA; решение в Пульте принимается, в карточке видно, что в ELMA оно ещё не дошло.',
    targets: [],
    of: 'elma',
    switch: 'down',
    ...flag,
  },
  {
    id: 'site-down',
    title: 'Сайт отвечает 503',
    sees: 'пакеты цен и остатков падают с «503 Service Unavailable»; новых заказов нет.',
    targets: [],
    of: 'site',
    switch: 'down',
    ...flag,
  },
  ofWorkers({
    id: 'lost-ack',
    title: 'Подтверждение теряется',
    sees: 'документ стоит в базе, а доставка остаётся «отправлено», через 5 минут — «неизвестно»; проверка у получателя её закрывает.',
    switch: 'lostAck',
  }),
  ofWorkers({
    id: 'silence',
    title: 'Выгрузка цен остановилась',
    sees: 'следующего пакета нет: через четверть часа с запасом поток УТ → Сайт становится «тишина».',
    switch: 'silence',
  }),
  {
    id: 'market-down',
    title: 'EKF Market отвечает 503',
    sees: 'пакеты для EKF Market падают с «503 Service Unavailable»; новых заказов B2B нет.',
    targets: [],
    of: 'market',
    switch: 'down',
    ...flag,
  },
  {
    id: 'market-key-expired',
    title: 'Истёк ключ API EKF Market',
    sees: 'подключение просит проверить ключ; пакеты цен падают с «401 API-KEY expired», заказы B2B перестают приходить.',
    targets: [],
    of: 'market',
    switch: 'keyExpired',
    ...flag,
  },
  ofWorkers({
    id: 'market-silence',
    title: 'Выгрузка цен в EKF Market остановилась',
    sees: 'следующего пакета нет: поток УТ → EKF Market становится «тишина», поток на сайт при этом идёт.',
    switch: 'marketSilence',
  }),
  ofWorkers({
    id: 'orders-customer',
    title: 'Заказы сайта: контрагент не находится в УТ',
    sees: 'заказы сайта падают с «Контрагент с ИНН … не найден», класс «сопоставление»; заказы EKF Market при этом идут; после выключения «отправить как было» проходит.',
    switch: 'customersLost',
  }),
  ofWorkers({
    id: 'approvals-route',
    title: 'Заявки в ELMA: в маршруте нет согласующего',
    sees: 'ELMA не принимает новые заявки: «не указан согласующий», класс «проверка данных»; решения из ELMA при этом доходят; в Пульте заявку видно из УТ.',
    switch: 'routeEmpty',
  }),
  ofWorkers({
    id: 'sales-contract',
    title: 'Продажи: в БП не подбирается договор',
    sees: 'реализации доставлены в БП и не проведены: «поле «Договор» не заполнено», оплаты при этом проходят; после выключения «отправить как было» проводит тот же документ.',
    switch: 'contractsLost',
  }),
  ofWorkers({
    id: 'payments-account',
    title: 'Оплаты: БП не знает расчётного счёта',
    sees: 'оплаты падают с «В 1С:БП не указан банковский счёт организации», реализации при этом проходят; после выключения «отправить как было» проходит.',
    switch: 'accountsLost',
  }),
  ofWorkers({
    id: 'decisions-locked',
    title: 'Решения ELMA: задачи в УТ заблокированы',
    sees: 'решения, принятые в ELMA, падают на пути в УТ с «конфликт блокировок», заявки в ELMA при этом уходят; после выключения «отправить как было» исполняет задачу один раз.',
    switch: 'tasksLocked',
  }),
  ofWorkers({
    id: 'receipts-item',
    title: 'Поступления: номенклатура не находится в УТ',
    sees: 'поступления площадок падают с «Не найдена номенклатура по артикулу»; после выключения «отправить как было» проходит.',
    switch: 'itemsUnmapped',
  }),
  ofWorkers(
    {
      id: 'site-silent',
      title: 'Площадка молчит: поступления не выгружаются',
      sees: 'в рабочее время поток ERP → УТ «молчит» по одной площадке, две другие идут; сама база отвечает.',
      switch: 'silentSite',
    },
    SITES,
  ),
  ofWorkers({
    id: 'prices-unconfirmed',
    title: 'УТ не подтверждает внутренние цены',
    sees: 'номер отправленного уходит вперёд номера подтверждённого, пакеты остаются «отправлено», затем «неизвестно».',
    switch: 'pricesUnconfirmed',
  }),
  ofWorkers({
    id: 'qc-batch',
    title: 'EproQc не знает партий',
    sees: 'протоколы качества падают с «Партия … не зарегистрирована в EproQc», класс «проверка данных».',
    switch: 'batchesLost',
  }),
  ofWorkers({
    id: 'hr-no-snils',
    title: 'Кадровые документы без СНИЛС',
    sees: 'VK HR Tek не принимает документы; «выгрузить заново» проходит, «отправить как было» — нет. Данные людей скрыты.',
    switch: 'noInsuranceNumber',
  }),
  ofWorkers(
    {
      id: 'worker-stopped',
      title: 'Обработчик обмена остановлен',
      sees: 'обработчик перестал отмечаться, его потоки молчат; документы ждут в своей системе и уйдут после пуска.',
      switch: 'stopped',
    },
    STOPPABLE,
  ),
  ...BUS_FAULTS,
  ofWorkers({
    id: 'duplicates',
    title: 'События приходят дважды',
    sees: 'ничего: числа и состояния те же. В этом и смысл.',
    switch: 'duplicates',
  }),
  ofWorkers({
    id: 'reorder',
    title: 'События опаздывают и приходят вразнобой',
    sees: 'сообщения ненадолго выглядят незавершёнными, итог тот же.',
    switch: 'reorder',
  }),
  ofWorkers({
    id: 'malformed',
    title: 'Обработчик сайта пишет события с ошибкой',
    sees: 'события сайта о заказах уходят в карантин: названо поле с суммой; что сказала УТ, видно и без них.',
    switch: 'malformed',
  }),
  ...EDI_FAULTS,
];

type Doors = Pick<Systems, 'stand'>;
type Switches = Readonly<Record<string, unknown>>;

const doorOf = (fault: Fault, settings: Settings, target: string | null): string =>
  fault.of === 'onec' ? `${settings.onec}/_stand/${target}/quirks` : `${settings[fault.of]}/_stand`;
/** A base has its own door, so its switch needs no name of the base. */
const switchOf = (fault: Fault, target: string | null): string =>
  fault.of !== 'onec' && target !== null ? `${fault.switch}.${target}` : fault.switch;

export class UnknownFault extends Error {}

export class Faults {
  readonly #systems: Doors;
  readonly #settings: Settings;

  constructor(parts: { systems: Doors; settings: Settings }) {
    this.#systems = parts.systems;
    this.#settings = parts.settings;
  }

  /** @param target one base, site or worker; all of the fault's when absent @throws UnknownFault */
  async turn(id: string, on: boolean, target?: string): Promise<void> {
    const fault = FAULTS.find((one) => one.id === id);
    if (!fault) throw new UnknownFault(`нет сбоя «${id}»`);
    const targets = fault.targets.filter((one) => target === undefined || target === '' || one === target);
    if (fault.targets.length > 0 && targets.length === 0)
      throw new UnknownFault(`у сбоя «${id}» нет места «${target}»`);
    for (const one of targets.length > 0 ? targets : [null]) {
      const change = { [switchOf(fault, one)]: on ? fault.on : fault.off };
      await this.#systems.stand('PUT', doorOf(fault, this.#settings, one), change);
    }
  }

  /** What is on: fault id, or `id:base`. A process that is away has no say. */
  async on(): Promise<string[]> {
    const doors = new Map<string, Promise<Switches>>();
    const read = (door: string): Promise<Switches> => {
      const asked =
        doors.get(door) ??
        this.#systems.stand('GET', door).then(
          (body) => body as Switches,
          () => ({}),
        );
      doors.set(door, asked);
      return asked;
    };
    const found = await Promise.all(
      FAULTS.flatMap((fault) =>
        (fault.targets.length > 0 ? fault.targets : [null]).map(async (target) => {
          const state = (await read(doorOf(fault, this.#settings, target)))[switchOf(fault, target)];
          return state === undefined || state === fault.off ? [] : [target ? `${fault.id}:${target}` : fault.id];
        }),
      ),
    );
    return found.flat();
  }
}

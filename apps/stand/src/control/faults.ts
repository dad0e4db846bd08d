/** Faults that a person switches. Whether one is on is asked of the process that has it: nothing is remembered here. */
import type { Settings } from '../workers/settings.ts';
import type { Systems } from '../workers/systems.ts';

export type Base = 'ut' | 'bp';
const BASES: readonly Base[] = ['ut', 'bp'];

export interface Fault {
  readonly id: string;
  readonly title: string;
  /** What a person will see in Pult. */
  readonly sees: string;
  /** Bases in which it can be switched one by one; none for a fault of another system. */
  readonly targets: readonly Base[];
  readonly of: 'onec' | 'elma' | 'site' | 'workers';
  readonly switch: string;
  readonly on: unknown;
  readonly off: unknown;
}

const ofBase = (fault: Pick<Fault, 'id' | 'title' | 'sees' | 'switch' | 'on' | 'off'>): Fault => ({
  ...fault,
  targets: BASES,
  of: 'onec',
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
  {
    id: 'lost-ack',
    title: 'Подтверждение теряется',
    sees: 'документ стоит в базе, а доставка остаётся «отправлено», через 5 минут — «неизвестно»; проверка у получателя её закрывает.',
    targets: [],
    of: 'workers',
    switch: 'lostAck',
    ...flag,
  },
  {
    id: 'silence',
    title: 'Выгрузка цен остановилась',
    sees: 'следующего пакета нет: через четверть часа с запасом поток УТ → Сайт становится «тишина».',
    targets: [],
    of: 'workers',
    switch: 'silence',
    ...flag,
  },
  {
    id: 'duplicates',
    title: 'События приходят дважды',
    sees: 'ничего: числа и состояния те же. В этом и смысл.',
    targets: [],
    of: 'workers',
    switch: 'duplicates',
    ...flag,
  },
  {
    id: 'reorder',
    title: 'События опаздывают и приходят вразнобой',
    sees: 'сообщения ненадолго выглядят незавершёнными, итог тот же.',
    targets: [],
    of: 'workers',
    switch: 'reorder',
    ...flag,
  },
  {
    id: 'malformed',
    title: 'Обработчик сайта пишет события с ошибкой',
    sees: 'события сайта о заказах уходят в карантин: названо поле с суммой; что сказала УТ, видно и без них.',
    targets: [],
    of: 'workers',
    switch: 'malformed',
    ...flag,
  },
];

type Doors = Pick<Systems, 'stand'>;
type Switches = Readonly<Record<string, unknown>>;

const doorOf = (fault: Fault, settings: Settings, target: Base): string =>
  fault.of === 'onec' ? `${settings.onec}/_stand/${target}/quirks` : `${settings[fault.of]}/_stand`;

export class UnknownFault extends Error {}

export class Faults {
  readonly #systems: Doors;
  readonly #settings: Settings;

  constructor(parts: { systems: Doors; settings: Settings }) {
    this.#systems = parts.systems;
    this.#settings = parts.settings;
  }

  /** @param target one base; all of the fault's when absent @throws UnknownFault */
  async turn(id: string, on: boolean, target?: string): Promise<void> {
    const fault = FAULTS.find((one) => one.id === id);
    if (!fault) throw new UnknownFault(`нет сбоя «${id}»`);
    const bases = fault.targets.filter((base) => target === undefined || target === '' || base === target);
    if (fault.targets.length > 0 && bases.length === 0) throw new UnknownFault(`у сбоя «${id}» нет базы «${target}»`);
    const change = { [fault.switch]: on ? fault.on : fault.off };
    for (const base of bases.length > 0 ? bases : BASES.slice(0, 1))
      await this.#systems.stand('PUT', doorOf(fault, this.#settings, base), change);
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
          const state = (await read(doorOf(fault, this.#settings, target ?? 'ut')))[fault.switch];
          return state === undefined || state === fault.off ? [] : [target ? `${fault.id}:${target}` : fault.id];
        }),
      ),
    );
    return found.flat();
  }
}

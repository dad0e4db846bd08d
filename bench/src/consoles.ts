/** One process of consoles of P3: they behave as the web does; what they saw goes to the one who started them. */
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { parentPort, workerData } from 'node:worker_threads';
import { io } from 'socket.io-client';

export interface ConsolesData {
  readonly url: string;
  /** Sessions; consoles take them in turn. */
  readonly cookies: readonly string[];
  readonly count: number;
  /** Moment at which delivery `i` was acknowledged, ms; 0 = not yet. */
  readonly acknowledged: SharedArrayBuffer;
  /** Time that the events of delivery `i` carry, ms. */
  readonly happened: SharedArrayBuffer;
}
/** What one process of consoles saw. */
export interface ConsolesSeen {
  /** From the acknowledgement to the answer that shows it, ms, per delivery and console. */
  readonly latencies: Float64Array;
  /** The same of each kind of screen. */
  readonly byScreen: Readonly<Record<string, Float64Array>>;
  /** Most refreshes of one console within any second of its own. */
  readonly mostPerSecond: number;
  readonly refreshes: number;
  readonly hints: number;
}

/** As the web: queries become stale once per turn, never while their answer is on its way (use-live-topics.ts). */
const LEAD_MS = 50;
const TURN_MS = 300;
const MOST_SAMPLES = 2_000_000;

interface Screen {
  readonly name: string;
  /** What it asks for on a hint, some of it at most so often, ms; the first answer says what is seen. */
  readonly paths: readonly (readonly [path: string, paceMs?: number])[];
  /** Newest delivery in the first answer; −1 when it shows none. */
  readonly newest: (text: string) => number;
}

const { url, cookies, count, acknowledged, happened } = workerData as ConsolesData;
const moments = new Float64Array(acknowledged);
const times = new Float64Array(happened);

/** A list shows numbers of documents; what is between two answers was seen with the later one. */
const newestOfList = (text: string): number =>
  Math.max(-1, ...[...text.matchAll(/"P3-(\d+)"/g)].map(([, index]) => Number(index)));
/** A flow says when its last event happened: everything up to then is in its figures. */
function newestOfFlow(text: string): number {
  const [, at] = /"id":"site-orders".*?"lastEventAt":"([^"]+)"/s.exec(text) ?? [];
  if (at === undefined) return -1;
  const until = Date.parse(at);
  let found = -1;
  for (let index = 0; index < times.length && (times[index] ?? 0) > 0; index += 1)
    if ((times[index] ?? 0) <= until) found = index;
  return found;
}

/** Paces of the web: numbers beside a list, charts of hours. */
const NUMBERS_MS = 1_000;
const CHART_MS = 5_000;
const messagesOf = (filter: string): Screen => ({
  name: 'messages',
  paths: [
    [`/api/messages?limit=50${filter}`],
    ['/api/messages/summary', NUMBERS_MS],
    ['/api/messages/volume?buckets=96', CHART_MS],
  ],
  newest: newestOfList,
});
const MESSAGES = messagesOf('');
const FILTERED = messagesOf('&flow=site-orders');
const OVERVIEW: Screen = {
  name: 'overview',
  paths: [['/api/landscape/overview'], ['/api/landscape/day', CHART_MS]],
  newest: newestOfFlow,
};
const FLOW: Screen = {
  name: 'flow',
  paths: [
    ['/api/landscape/flows/site-orders'],
    ['/api/landscape/flows/site-orders/rhythm', CHART_MS],
    ['/api/messages/causes?flow=site-orders', NUMBERS_MS],
  ],
  newest: newestOfFlow,
};
/** Approvals, operations, analytics: of this load they show the numbers of the rail alone, which the channel tells. */
const ELSEWHERE: Screen = { name: 'elsewhere', paths: [], newest: () => -1 };
/** Of ten consoles. */
const SCREENS: readonly Screen[] = [
  MESSAGES,
  OVERVIEW,
  MESSAGES,
  OVERVIEW,
  ELSEWHERE,
  FILTERED,
  OVERVIEW,
  ELSEWHERE,
  FLOW,
  ELSEWHERE,
];
/** Latencies of one kind of screen; more than fit overwrite the oldest. */
class Samples {
  readonly #all = new Float64Array(MOST_SAMPLES);
  #count = 0;

  add(value: number): void {
    this.#all[this.#count % MOST_SAMPLES] = value;
    this.#count += 1;
  }

  taken(): Float64Array {
    return this.#all.slice(0, Math.min(this.#count, MOST_SAMPLES));
  }
}
const samples = new Map<string, Samples>();
const state = { refreshes: 0, hints: 0, mostPerSecond: 0, stopped: false };
// One connection per console at least, as browsers keep them; fetch() would cost the shared processors twice as much.
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const read = (path: string, cookie: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(`${url}${path}`, { agent, headers: { cookie } }, (response) => resolve(text(response))).on('error', reject);
  });
const now = (): number => performance.timeOrigin + performance.now();

function note(screen: string, seen: number, newest: number): void {
  const at = now();
  const mine = samples.get(screen) ?? new Samples();
  samples.set(screen, mine);
  for (let index = seen + 1; index <= newest; index += 1) {
    const from = moments[index] ?? 0;
    if (from === 0) continue;
    mine.add(Math.max(0, at - from));
  }
}

async function openConsole(place: number): Promise<void> {
  const cookie = cookies[place % cookies.length] ?? '';
  const { name, paths, newest: newestOf } = SCREENS[place % SCREENS.length] ?? ELSEWHERE;
  const socket = io(url, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie } });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  // The shell listens to these on every screen.
  await socket.emitWithAck('subscribe', ['landscape', 'messages', 'operations', 'approvals']);
  let [stale, timer, fetching, newest, turnAt] = [false, false, false, -1, 0];
  let recent: number[] = [];
  const askedAt = new Map<string, number>();
  const refresh = async (): Promise<void> => {
    fetching = true;
    const at = now();
    recent = [...recent.filter((one) => at - one < 1_000), at];
    state.mostPerSecond = Math.max(state.mostPerSecond, recent.length);
    state.refreshes += 1;
    const due = paths.filter(([path, paceMs = 0]) => at - (askedAt.get(path) ?? 0) >= paceMs);
    for (const [path] of due) askedAt.set(path, at);
    const [first = ''] = await Promise.all(due.map(([path]) => read(path, cookie)));
    const top = Math.max(newest, newestOf(first));
    note(name, newest, top);
    newest = top;
    fetching = false;
  };
  const turn = (): void => {
    timer = false;
    turnAt = now();
    if (state.stopped || !stale || paths.length === 0) return;
    if (!fetching) {
      stale = false;
      void refresh().catch(() => {
        fetching = false;
      });
    }
    schedule();
  };
  const schedule = (): void => {
    if (timer) return;
    timer = true;
    setTimeout(turn, Math.max(LEAD_MS, turnAt + TURN_MS - now()));
  };
  socket.on('hint', () => {
    state.hints += 1;
    stale = true;
    schedule();
  });
}

for (let index = 0; index < count; index += 1) await openConsole(index);
parentPort?.postMessage('open');
parentPort?.once('message', () => {
  state.stopped = true;
  const seen: ConsolesSeen = {
    latencies: Float64Array.from([...samples.values()].flatMap((one) => [...one.taken()])),
    byScreen: Object.fromEntries([...samples].map(([name, one]) => [name, one.taken()])),
    mostPerSecond: state.mostPerSecond,
    refreshes: state.refreshes,
    hints: state.hints,
  };
  parentPort?.postMessage(seen);
});

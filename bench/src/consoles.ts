/** One process of consoles of P3: they behave as the web does; what they saw goes to the one who started them. */
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
  /** Most refreshes of one console within any second of its own. */
  readonly mostPerSecond: number;
  readonly refreshes: number;
  readonly hints: number;
}

/** As the web: queries become stale once per turn, never while their answer is on its way (use-live-topics.ts). */
const TURN_MS = 300;
const MOST_SAMPLES = 4_000_000;

interface Screen {
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

/** Paces of the web: numbers of the rail, charts of hours. */
const RAIL: readonly [string, number] = ['/api/counters', 1_000];
const CHART_MS = 5_000;
const messagesOf = (filter: string): Screen => ({
  paths: [
    [`/api/messages?limit=50${filter}`],
    ['/api/messages/summary'],
    ['/api/messages/volume?buckets=96', CHART_MS],
    RAIL,
  ],
  newest: newestOfList,
});
const MESSAGES = messagesOf('');
const FILTERED = messagesOf('&flow=site-orders');
const OVERVIEW: Screen = {
  paths: [['/api/landscape/overview'], ['/api/landscape/day', CHART_MS], RAIL],
  newest: newestOfFlow,
};
const FLOW: Screen = {
  paths: [
    ['/api/landscape/flows/site-orders'],
    ['/api/landscape/flows/site-orders/rhythm', CHART_MS],
    ['/api/messages/causes?flow=site-orders'],
    RAIL,
  ],
  newest: newestOfFlow,
};
/** Approvals, operations, analytics: of this load they show the numbers of the rail alone. */
const ELSEWHERE: Screen = { paths: [RAIL], newest: () => -1 };
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
const latencies = new Float64Array(MOST_SAMPLES);
const state = { samples: 0, refreshes: 0, hints: 0, mostPerSecond: 0, stopped: false };
const now = (): number => performance.timeOrigin + performance.now();

function note(seen: number, newest: number): void {
  const at = now();
  for (let index = seen + 1; index <= newest; index += 1) {
    const from = moments[index] ?? 0;
    if (from === 0) continue;
    latencies[state.samples % MOST_SAMPLES] = Math.max(0, at - from);
    state.samples += 1;
  }
}

async function openConsole(place: number): Promise<void> {
  const cookie = cookies[place % cookies.length] ?? '';
  const { paths, newest: newestOf } = SCREENS[place % SCREENS.length] ?? ELSEWHERE;
  const socket = io(url, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie } });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  // The shell listens to these on every screen.
  await socket.emitWithAck('subscribe', ['landscape', 'messages', 'operations', 'approvals']);
  let [stale, timer, fetching, newest] = [false, false, false, -1];
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
    const [first = ''] = await Promise.all(
      due.map(([path]) => fetch(`${url}${path}`, { headers: { cookie } }).then((response) => response.text())),
    );
    const top = Math.max(newest, newestOf(first));
    note(newest, top);
    newest = top;
    fetching = false;
  };
  const turn = (): void => {
    timer = false;
    if (state.stopped || !stale) return;
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
    setTimeout(turn, TURN_MS);
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
    latencies: latencies.slice(0, Math.min(state.samples, MOST_SAMPLES)),
    mostPerSecond: state.mostPerSecond,
    refreshes: state.refreshes,
    hints: state.hints,
  };
  parentPort?.postMessage(seen);
});

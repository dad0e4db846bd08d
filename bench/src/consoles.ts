/** One process of consoles of P3: they behave as the web does; what they saw goes to the one who started them. */
import { parentPort, workerData } from 'node:worker_threads';
import { io } from 'socket.io-client';

export interface ConsolesData {
  readonly url: string;
  readonly cookie: string;
  readonly count: number;
  /** Moment at which delivery `i` was acknowledged, ms; 0 = not yet. */
  readonly acknowledged: SharedArrayBuffer;
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
const PATHS = ['/api/messages?limit=50', '/api/messages/summary', '/api/messages/volume?buckets=96', '/api/counters'];
const MOST_SAMPLES = 400_000;

const { url, cookie, count, acknowledged } = workerData as ConsolesData;
const moments = new Float64Array(acknowledged);
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

async function openConsole(): Promise<void> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie } });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  await socket.emitWithAck('subscribe', ['landscape', 'messages', 'operations']);
  let [stale, timer, fetching, newest] = [false, false, false, -1];
  let recent: number[] = [];
  const refresh = async (): Promise<void> => {
    fetching = true;
    const at = now();
    recent = [...recent.filter((one) => at - one < 1_000), at];
    state.mostPerSecond = Math.max(state.mostPerSecond, recent.length);
    state.refreshes += 1;
    const [list] = await Promise.all(
      PATHS.map((path) => fetch(`${url}${path}`, { headers: { cookie } }).then((response) => response.text())),
    );
    const found = [...(list ?? '').matchAll(/"P3-(\d+)"/g)].map(([, index]) => Number(index));
    const top = Math.max(newest, ...found);
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

for (let index = 0; index < count; index += 1) await openConsole();
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

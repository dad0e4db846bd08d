/**
 * P6: the flow map of 500 systems and 1,500 flows in a real browser against the real BFF. Baselines of the same run: the same
 * page whose overview holds one system, for the first paint; as many bare boxes and curves in one SVG, for the pan.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, Page } from '@playwright/test';
import { launch, SETTINGS, signedIn } from './browser.ts';
import { type Measurement, rank, rounded } from './measurement.ts';
import { startSystem } from './system.ts';
import { fillWide, reportOf, type WideFlow, writeWideLandscape } from './wide-landscape.ts';

const LOADS = 5;
const UPDATES = 5;
const PAN_MS = 4_000;
const PAN_STEP_PX = 3;
/** A mouse reports about this often. */
const HAND_MS = 8;
const BAR = { paintMs: 1_000, frameMs: 1_000 / 60 };
/** Timers of frames are not exact: a rate of 60 shows as 59.9. */
const FULL_RATE = 59;
const LIMIT_MS = 60_000;
/** From the wheel to the grip; meanwhile the picture is drawn sharp at its new size. */
const REST_MS = 500;
/** What a node says of itself, near enough to read. */
const WORDS = '.react-flow__node [class*="_sub_"]';

/** Notes the moment after the frame in which the map stands with `nodes` nodes. */
const paintOf = (nodes: number): string => `
  globalThis.benchPaint = new Promise((done) => {
    const look = () => {
      if (document.querySelectorAll('.react-flow__node').length < ${nodes}) return requestAnimationFrame(look);
      requestAnimationFrame(() => { const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now()); channel.port2.postMessage(0); });
    };
    requestAnimationFrame(look);
  });`;

async function firstPaint(context: BrowserContext, url: string, nodes: number): Promise<number> {
  const page = await context.newPage();
  await page.addInitScript(paintOf(nodes));
  await page.goto(url, { waitUntil: 'commit' });
  const took = await page.evaluate<number>('globalThis.benchPaint');
  await page.close();
  return took;
}

/** The same shell, scripts and questions, but the answer holds one system and no flow. */
async function emptyPaint(context: BrowserContext, url: string): Promise<number> {
  await context.route('**/api/landscape/overview', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { systems: unknown[] };
    const one = { ...body, systems: body.systems.slice(0, 1), flows: [], attention: [], muted: [], freshness: [] };
    await route.fulfill({ response: answer, json: one });
  });
  return firstPaint(context, url, 1);
}

interface Pan {
  readonly fps: number;
  readonly p95Ms: number;
  readonly longestMs: number;
}

/** Drags with the mouse to and fro, and counts the frames in which the picture moved. */
async function pan(page: Page, moved: string): Promise<Pan> {
  await page.evaluate(`
    globalThis.benchFrames = []; globalThis.benchPanning = true;
    { let last = ''; const tick = (at) => { if (!globalThis.benchPanning) return;
      const now = document.querySelector('${moved}').style.transform;
      globalThis.benchFrames.push([at, now !== last]); last = now; requestAnimationFrame(tick); };
      requestAnimationFrame(tick); }`);
  const { x, y, width, height } = (await page.locator('[data-pan]').boundingBox()) ?? {
    x: 0,
    y: 0,
    width: 0,
    height: 0,
  };
  const [middle, level] = [x + width / 2, y + height - 12];
  await page.mouse.move(middle, level);
  await page.mouse.down();
  const hand = await page.context().newCDPSession(page);
  const moves: Promise<unknown>[] = [];
  for (let step = 0; step * HAND_MS < PAN_MS; step += 1) {
    const phase = (step * PAN_STEP_PX) % 400;
    const away = phase < 200 ? phase : 400 - phase;
    // Not waited for: a hand does not stand still until the page has drawn.
    moves.push(
      hand.send('Input.dispatchMouseEvent', {
        type: 'mouseMoved',
        x: middle - 100 + away,
        y: level - 40 + away / 5,
        button: 'left',
        buttons: 1,
      }),
    );
    await pause(HAND_MS);
  }
  await Promise.all(moves);
  await page.mouse.up();
  await page.evaluate('globalThis.benchPanning = false');
  const frames = await page.evaluate<[number, boolean][]>('globalThis.benchFrames');
  const moving = frames.slice(5);
  const steps = moving.slice(1).map(([at], index) => at - (moving[index]?.[0] ?? at));
  const seconds = steps.reduce((sum, step) => sum + step, 0) / 1_000;
  return {
    fps: moving.filter(([, changed]) => changed).length / seconds,
    p95Ms: rank(steps, 0.95),
    longestMs: Math.max(...steps),
  };
}

/** As many boxes and curves as one bare SVG, moved by the same hand. */
async function barePan(context: BrowserContext, systems: number, flows: readonly WideFlow[]): Promise<Pan> {
  const page = await context.newPage();
  const at = (id: string): [number, number] => {
    const index = Number(id.slice(1));
    return [(index % 25) * 55, Math.floor(index / 25) * 28];
  };
  const boxes = Array.from({ length: systems }, (_, index) => at(`s${index}`))
    .map(([x, y]) => `<rect x="${x}" y="${y}" width="34" height="11" fill="#fff" stroke="#999"/>`)
    .join('');
  const lines = flows
    .map(({ from, to }) => [at(from), at(to)] as const)
    .map(
      ([[x, y], [u, v]]) => `<path d="M${x},${y} C${x + 40},${y} ${u - 40},${v} ${u},${v}" fill="none" stroke="#5a5"/>`,
    )
    .join('');
  await page.setContent(
    `<body style="margin:0"><div data-pan style="width:700px;height:600px;overflow:hidden"><div class="moved"><svg width="1400" height="600">${lines}${boxes}</svg></div></div></body>`,
  );
  await page.evaluate(`{ const moved = document.querySelector('.moved'); let from = null;
    document.addEventListener('mousedown', ({ clientX, clientY }) => { from = [clientX, clientY]; });
    document.addEventListener('mousemove', ({ clientX, clientY }) => { if (from) moved.style.transform = 'translate(' + (clientX - from[0]) + 'px,' + (clientY - from[1]) + 'px)'; }); }`);
  const result = await pan(page, '.moved');
  await page.close();
  return result;
}

interface Update {
  readonly ms: number;
  readonly nodes: number;
  readonly edges: number;
}

/**
 * From the acknowledgement of failures of one flow that is in sight to the map that shows them, and what of it was touched. Nothing
 * else moves there; what is said over whole minutes comes with the minute.
 */
async function update(page: Page, report: () => Promise<void>): Promise<Update> {
  await page.evaluate(`
    globalThis.benchTouched = { nodes: new Set(), edges: new Set(), last: 0, own: 0 };
    globalThis.benchObserver?.disconnect();
    globalThis.benchObserver = new MutationObserver((records) => { for (const { target } of records) {
      const element = target.nodeType === 1 ? target : target.parentElement;
      const node = element?.closest('.react-flow__node'); const edge = element?.closest('.react-flow__edge');
      if (node) globalThis.benchTouched.nodes.add(node.dataset.id);
      if (edge) globalThis.benchTouched.edges.add(edge.dataset.id);
      globalThis.benchTouched.own ||= performance.timeOrigin + performance.now();
    } });
    globalThis.benchObserver.observe(document.querySelector('.react-flow__viewport'), { subtree: true, childList: true, characterData: true, attributes: true });`);
  await report();
  const from = performance.timeOrigin + performance.now();
  // The policy of the page forbids the polling of Playwright, which is a made function.
  await page.evaluate(`new Promise((done, fail) => { const until = performance.now() + ${LIMIT_MS};
    const look = () => globalThis.benchTouched.own > 0 ? done() : performance.now() > until ? fail(new Error('the map shows nothing new')) : setTimeout(look, 20);
    look(); })`);
  const [own, nodes, edges] = await page.evaluate<[number, number, number]>(
    '[globalThis.benchTouched.own, globalThis.benchTouched.nodes.size, globalThis.benchTouched.edges.size]',
  );
  return { ms: Math.max(0, own - from), nodes, edges };
}

export async function map(): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pult-wide-'));
  const { env, flows } = writeWideLandscape(join(folder, 'landscape.yaml'));
  const system = await startSystem(env);
  const browser = await launch();
  try {
    await fillWide(system, flows);
    const session = await signedIn(await browser.newContext(SETTINGS), {
      url: system.url,
      login: 'ops',
      ready: (page) => page.getByRole('navigation').first().waitFor({ timeout: LIMIT_MS }),
    });
    const settings = { ...SETTINGS, storageState: session };
    const [full, empty]: [number[], number[]] = [[], []];
    for (let n = 0; n < LOADS; n += 1) {
      const plain = await browser.newContext(settings);
      empty.push(await emptyPaint(plain, `${system.url}/overview`));
      await plain.close();
      const context = await browser.newContext(settings);
      full.push(await firstPaint(context, `${system.url}/overview`, 500));
      await context.close();
    }
    const context = await browser.newContext(settings);
    const bare = await barePan(context, 500, flows);
    const page = await context.newPage();
    await page.goto(`${system.url}/overview`);
    const nodes = page.locator('.react-flow__node');
    await nodes.nth(499).waitFor({ state: 'attached', timeout: LIMIT_MS });
    await page.locator('.react-flow').evaluate((element) => element.setAttribute('data-pan', ''));
    const whole = await pan(page, '.react-flow__viewport');
    await closer(page);
    await pause(REST_MS);
    const near = await pan(page, '.react-flow__viewport');
    const shown = { nodes: await nodes.count(), edges: await page.locator('.react-flow__edge').count() };
    const drawn = new Set(
      await nodes.evaluateAll((elements) => elements.map((element) => element.getAttribute('data-id') ?? '')),
    );
    const inSight = flows.filter(({ from, to }) => drawn.has(from) && drawn.has(to)).slice(0, UPDATES);
    const updates: Update[] = [];
    for (const [index, flow] of inSight.entries())
      updates.push(
        await update(page, () =>
          reportOf(system, flow, { count: 40, failed: true, at: Date.now() - 2_000, run: `live-${index}` }),
        ),
      );
    await context.close();
    return [paint(full, empty), ...pans(whole, near, bare), ...touched(updates, shown)];
  } finally {
    await browser.close();
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Zooms in with the keys and the wheel of a person until words can be read. */
async function closer(page: Page): Promise<void> {
  const { x, y, width, height } = (await page.locator('[data-pan]').boundingBox()) ?? {
    x: 0,
    y: 0,
    width: 0,
    height: 0,
  };
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.keyboard.down('Control');
  for (let turn = 0; turn < 40; turn += 1) {
    if ((await page.locator(WORDS).count()) > 0) break;
    await page.mouse.wheel(0, -40);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  }
  await page.keyboard.up('Control');
  await page.locator(WORDS).first().waitFor({ state: 'attached', timeout: LIMIT_MS });
}

function paint(full: readonly number[], empty: readonly number[]): Measurement {
  const [value, baseline] = [rank(full, 0.5), rank(empty, 0.5)];
  return {
    what: `first paint of the whole map, empty cache, median of ${LOADS}`,
    value: rounded(value, 0),
    unit: 'ms',
    p95: rounded(rank(full, 0.95), 0),
    baseline: rounded(baseline, 0),
    ratio: rounded(value / baseline, 2),
    bar: `≤ ${BAR.paintMs}`,
    held: value <= BAR.paintMs,
  };
}

const pans = (whole: Pan, near: Pan, bare: Pan): Measurement[] =>
  (
    [
      ['pan, the whole map in sight', whole],
      ['pan, near enough to read', near],
    ] as const
  ).map(([what, one]) => ({
    what: `${what} (longest frame ${rounded(one.longestMs, 0)} ms)`,
    value: rounded(one.fps),
    unit: 'frames/s',
    p95: rounded(one.p95Ms),
    baseline: rounded(bare.fps),
    ratio: rounded(one.fps / bare.fps, 2),
    bar: '60',
    held: one.fps >= FULL_RATE,
  }));

function touched(updates: readonly Update[], shown: { readonly nodes: number; readonly edges: number }): Measurement[] {
  const ms = updates.map((one) => one.ms);
  return [
    {
      what: 'event of one flow accepted → seen on the map',
      value: rounded(rank(ms, 0.5), 0),
      unit: 'ms',
      p95: rounded(rank(ms, 0.95), 0),
      bar: '≤ 1000',
      held: rank(ms, 0.95) <= 1_000,
    },
    {
      what: `nodes touched by it, of ${shown.nodes} drawn`,
      value: rank(
        updates.map((one) => one.nodes),
        0.5,
      ),
      unit: 'nodes',
      bar: '2',
    },
    {
      what: `lines touched by it, of ${shown.edges} drawn`,
      value: rank(
        updates.map((one) => one.edges),
        0.5,
      ),
      unit: 'lines',
      bar: '1',
    },
  ];
}

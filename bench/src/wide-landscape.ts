/** A landscape of 500 systems and 1,500 flows that nobody has drawn: hubs, sources, consumers; the same one each time. */
import { writeFileSync } from 'node:fs';
import type { System } from './system.ts';

const SYSTEMS = 500;
const FLOWS = 1_500;
/** Bases and buses in the middle, which most flows touch. */
const HUBS = 25;
const REPORTED = 900;
const FAILED_EACH = 9;
const RECENT_EACH = 3;
const KINDS = ['onec', 'bpm', 'shop', 'edi', 'service'] as const;

export interface WideFlow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

/** Linear congruence: the same numbers in each run. */
function numbers(): (below: number) => number {
  let seed = 20_261_128;
  return (below) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
}

const tokenEnv = (index: number): string => `INTAKE_TOKEN_S${index}`;
const tokenOf = (systemId: string): string => `bench-token-of-the-system-${systemId}-000000000000`;

/** Writes the file. @returns what the process of Pult needs in its environment, and the flows */
export function writeWideLandscape(path: string): { env: Record<string, string>; flows: readonly WideFlow[] } {
  const next = numbers();
  const systems = Array.from({ length: SYSTEMS }, (_, index) => ({
    id: `s${index}`,
    title: { ru: `Система ${index + 1}`, en: `System ${index + 1}` },
    kind: KINDS[index % KINDS.length],
    intakeTokenEnv: tokenEnv(index),
  }));
  const flows: WideFlow[] = [];
  const known = new Set<string>();
  while (flows.length < FLOWS) {
    const hub = next(HUBS);
    const other = next(SYSTEMS);
    const [from, to] = next(2) === 0 ? [hub, other] : [other, hub];
    if (from === to || known.has(`${from}>${to}`)) continue;
    known.add(`${from}>${to}`);
    flows.push({ id: `f${flows.length}`, from: `s${from}`, to: `s${to}` });
  }
  const file = {
    version: 1,
    systems,
    flows: flows.map(({ id, from, to }) => ({
      id,
      title: { ru: `Поток ${id}`, en: `Flow ${id}` },
      what: { ru: 'Документы', en: 'Documents' },
      from: [from],
      to: [to],
      channel: 'http',
      watched: true,
    })),
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(file));
  const env = Object.fromEntries(systems.map(({ id }, index) => [tokenEnv(index), tokenOf(id)]));
  return { env: { ...env, LANDSCAPE_FILE: path }, flows };
}

/** Reports deliveries of one flow by its source: `count` of them, applied or failed. */
export async function reportOf(
  system: System,
  flow: WideFlow,
  { count, failed = false, at, run }: { count: number; failed?: boolean; at: number; run: string },
): Promise<void> {
  const events = Array.from({ length: count }, (_, index) =>
    (failed ? (['accepted', 'sent', 'failed'] as const) : (['accepted', 'sent', 'delivered', 'applied'] as const)).map(
      (kind, step) => ({
        specversion: '1.0',
        id: `${run}-${flow.id}-${index}-${kind}`,
        source: flow.from,
        type: `exchange.${kind}`,
        time: new Date(at + index * 50 + step * 10).toISOString(),
        data: {
          flow: flow.id,
          consumer: flow.to,
          attempt: 1,
          message: { id: `${run}-${flow.id}-${index}`, key: { type: 'Документ', number: `${flow.id}-${index}` } },
          ...(kind === 'failed' ? { error: { code: 'rejected', text: `Не найден элемент потока ${flow.id}` } } : {}),
        },
      }),
    ),
  ).flat();
  const response = await fetch(`${system.url}/api/intake/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/cloudevents-batch+json',
      authorization: `Bearer ${tokenOf(flow.from)}`,
    },
    body: JSON.stringify(events),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** A day of the landscape: most flows have passed something, some of it just now, some flows fail. */
export async function fillWide(system: System, flows: readonly WideFlow[]): Promise<void> {
  const now = Date.now();
  for (const [index, flow] of flows.slice(0, REPORTED).entries())
    await reportOf(system, flow, {
      count: 2,
      failed: index % FAILED_EACH === 0,
      at: now - (index % RECENT_EACH === 0 ? 30_000 : 7_200_000),
      run: 'fill',
    });
}

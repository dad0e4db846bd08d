/** Faults that a person switches: each knows which process to tell. */
import { settings } from '../workers/settings.ts';

export interface Fault {
  readonly id: string;
  readonly title: string;
  readonly targets: readonly ('ut' | 'bp')[];
}

export const FAULTS: readonly Fault[] = [
  { id: 'base-down', title: 'База не отвечает', targets: ['ut', 'bp'] },
  { id: 'slow', title: 'База отвечает медленно (6 с)', targets: ['ut', 'bp'] },
  { id: 'licence', title: 'Кончились лицензии', targets: ['ut', 'bp'] },
  { id: 'maintenance', title: 'Технические работы, сеансы запрещены', targets: ['ut', 'bp'] },
  { id: 'unauthorized', title: 'Логин не принят (401)', targets: ['ut', 'bp'] },
  { id: 'html-200', title: 'Страница входа вместо данных (HTTP 200)', targets: ['ut', 'bp'] },
  { id: 'posting-error', title: 'Ошибка при проведении', targets: ['ut', 'bp'] },
  { id: 'lost-ack', title: 'Подтверждение теряется', targets: [] },
  { id: 'duplicates', title: 'События приходят дважды', targets: [] },
  { id: 'reorder', title: 'События приходят в обратном порядке', targets: [] },
  { id: 'elma-down', title: 'ELMA не отвечает', targets: [] },
];

type QuirkChange = Readonly<Record<string, unknown>>;
const QUIRKS: Readonly<Record<string, (on: boolean) => QuirkChange>> = {
  'base-down': (on) => ({ down: on }),
  slow: (on) => ({ slowMs: on ? 6_000 : 0 }),
  licence: (on) => ({ licence: on }),
  maintenance: (on) => ({ maintenance: on }),
  unauthorized: (on) => ({ unauthorized: on }),
  'html-200': (on) => ({ html200: on }),
  'posting-error': (on) => ({ postingError: on ? 1 : 0 }),
};
const WORKERS: Readonly<Record<string, string>> = {
  'lost-ack': 'lostAck',
  duplicates: 'duplicates',
  reorder: 'reorder',
};

const put = async (url: string, body: unknown): Promise<void> => {
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
};

/** What is switched on: fault id, or `id:target`. */
export const switchedOn = new Set<string>();

export async function switchFault(id: string, on: boolean, target: string | undefined): Promise<void> {
  const fault = FAULTS.find((one) => one.id === id);
  if (!fault) throw new Error(`no fault ${id}`);
  const quirk = QUIRKS[id];
  if (quirk) {
    const bases = target ? fault.targets.filter((base) => base === target) : fault.targets;
    if (bases.length === 0) throw new Error(`no target ${target}`);
    for (const base of bases) {
      await put(`${settings.onec}/_stand/${base}/quirks`, quirk(on));
      remember(`${id}:${base}`, on);
    }
    return;
  }
  const worker = WORKERS[id];
  await put(
    worker ? `http://127.0.0.1:${settings.port}/_stand` : `${settings.elma}/_stand`,
    worker ? { [worker]: on } : { down: on },
  );
  remember(id, on);
}

const remember = (key: string, on: boolean): void => void (on ? switchedOn.add(key) : switchedOn.delete(key));

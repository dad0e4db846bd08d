import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ConnectorConfig } from '@pult/shared/contracts/landscape-file';
import { DROP_AGAIN } from '@pult/shared/contracts/landscape-file/flow';
import type { Originals } from '../port/ask.ts';
import { type CircuitOptions, createCircuit } from '../port/circuit.ts';
import type { Turns } from '../port/connection.ts';
import { type Intent, sourceError } from '../port/source-errors.ts';
import { decode } from './encoding.ts';
import { isPlainName, isUnderWay, keyInName, markedName } from './file-name.ts';
import { codeOf, createFolderCalls, type FolderCalls, folderError } from './folder-fault.ts';
import { moveInto, placeBytes, WORK_FOLDER } from './placing.ts';
import type { FilesClient, Outbox, TakenFile } from './port.ts';

export interface FilesClientOptions extends CircuitOptions {
  readonly turns: Turns;
  readonly config: ConnectorConfig & { protocol: 'files' };
  readonly originals: Originals;
  /** Whose days the archive has. */
  readonly zone: string;
  /** Calls into the folders; shared with the check of the connection, so that none asks where another one hangs. */
  readonly calls?: FolderCalls;
  /** How long a claim is believed: then its process has died. */
  readonly claimMs?: number;
}

/** Reading and putting away one file takes milliseconds; a minute is a dead process or a folder that hangs. */
const CLAIM_MS = 60_000;
/** Marks of names in the work folder: when it was claimed, by which claim, as it was called. */
const HELD = /^(\d{13})~([0-9a-f-]{36})~(.+)$/s;

/** What one look reads at most, about: the rest waits in the folder, not in memory. */
const TAKEN_BYTES = 32 * 1024 * 1024;

/** What a look saw of a file. */
interface Seen {
  readonly size: number;
  readonly changedAt: number;
  /** Since when it looks like this, ms by the clock of Pult. */
  readonly since: number;
}

type Ready = Seen & { readonly name: string };

export function createFilesClient(options: FilesClientOptions): FilesClient {
  const { system, config, turns, clock, originals, zone, claimMs = CLAIM_MS } = options;
  const circuit = createCircuit(options);
  const { limits } = config;
  const calls = options.calls ?? createFolderCalls(limits.timeoutMs, clock);
  const folders = Object.fromEntries(
    Object.entries(config.folders).flatMap(([name, path]) => (path === undefined ? [] : [[name, resolve(path)]])),
  ) as Record<'inbox' | 'archive' | 'rejected', string> & Partial<Record<Outbox, string>>;
  const work = join(folders.inbox, WORK_FOLDER);
  const seen = new Map<string, Seen>();
  const maxBytes = limits.maxKilobytes * 1024;

  const guarded = <T>(where: string, intent: Intent, task: () => Promise<T>): Promise<T> =>
    turns.schedule(() =>
      circuit.run(async () => {
        try {
          return await calls(where, task);
        } catch (error) {
          throw folderError(system, where, { error, intent });
        }
      }, intent),
    );

  const forbidden = (text: string, intent: Intent = 'write') =>
    sourceError(system, { code: 'source.forbidden', text, maybeSent: false }, { intent });

  /** What lies in the inbox and has looked the same at the last look, oldest first. No file is opened for it. */
  const settled = async (): Promise<Ready[]> => {
    const now = clock.now();
    const ready: Ready[] = [];
    const present = new Set<string>();
    for (const { name } of await readdir(folders.inbox, { withFileTypes: true })) {
      if (isUnderWay(name) || !isPlainName(name)) continue;
      const facts = await lstat(join(folders.inbox, name)).catch(whenGone);
      // A link could lead out of the folder: only files are files.
      if (facts === null || !facts.isFile()) continue;
      present.add(name);
      const before = seen.get(name);
      const same = before?.size === facts.size && before.changedAt === facts.mtimeMs;
      const looks: Seen = { size: facts.size, changedAt: facts.mtimeMs, since: same ? before.since : now };
      seen.set(name, looks);
      if (!same) continue;
      ready.push({ name, ...looks });
    }
    for (const name of seen.keys()) if (!present.has(name)) seen.delete(name);
    return ready.sort((a, b) => a.changedAt - b.changedAt || (a.name < b.name ? -1 : 1));
  };

  const isUnfinished = async ({ name, size, since }: Ready): Promise<boolean> => {
    if (size > maxBytes || clock.now() - since >= limits.unfinishedMs) return false;
    const bytes = await readFile(join(folders.inbox, name)).catch(whenGone);
    return bytes !== null && lacksItsEnd(name, bytes);
  };

  /** Only one renaming of a name succeeds: whoever is second finds nothing there. */
  const claim = async (from: string, name: string): Promise<string | null> => {
    const held = `${String(clock.now()).padStart(13, '0')}~${randomUUID()}~${name}`;
    try {
      await rename(from, join(work, held));
      return held;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  };

  const read = async (held: string, name: string): Promise<TakenFile | null> => {
    const path = join(work, held);
    const facts = await lstat(path).catch(whenGone);
    if (facts === null) return null;
    const tooLarge = facts.size > maxBytes;
    const bytes = tooLarge ? new Uint8Array() : await readFile(path).catch(whenGone);
    if (bytes === null) return null;
    // Without content there is nothing else to tell two of one name apart by.
    const identity = bytes.length === 0 ? `${facts.size} bytes of ${facts.mtimeMs}` : bytes;
    const hash = createHash('sha256').update(identity).digest('hex');
    return {
      name,
      hash,
      bytes,
      changedAt: facts.mtimeMs,
      tooLarge,
      unfinished: !tooLarge && lacksItsEnd(name, bytes),
      held,
    };
  };

  /** Files of processes that died: their claims ran out. */
  const abandoned = async (): Promise<{ path: string; name: string }[]> =>
    (await readdir(work)).flatMap((held) => {
      const [, at, , name] = HELD.exec(held) ?? [];
      return name !== undefined && clock.now() - Number(at) >= claimMs ? [{ path: join(work, held), name }] : [];
    });

  const putAway = async (file: TakenFile, folder: string): Promise<string> => {
    await mkdir(folder, { recursive: true });
    const wish = { name: file.name, mark: file.hash.slice(0, 8) };
    return (await moveInto(join(work, file.held), folder, wish)) ?? file.name;
  };

  const drop = (outbox: Outbox, name: string, bytes: Uint8Array): Promise<'placed' | 'present'> => {
    const folder = folders[outbox];
    if (folder === undefined) return Promise.reject(forbidden(`в подключении нет папки ${outbox}`));
    if (!isPlainName(name) || isUnderWay(name)) return Promise.reject(forbidden('имя файла ведёт мимо папки'));
    return guarded(config.folders[outbox] ?? outbox, 'keyed-write', async () => {
      try {
        return await placeBytes(folder, name, bytes);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
        const text = `${name}: под этим именем лежит другой файл`;
        throw sourceError(system, { code: 'source.conflict', text, maybeSent: false }, { intent: 'keyed-write' });
      }
    });
  };

  return {
    system,
    zone,
    partners: new Map(config.partners.map(({ gln, name, inn }) => [gln, { name, inn: inn ?? null }])),
    has: (outbox) => folders[outbox] !== undefined,
    state: circuit.state,
    drop,
    lies: (outbox, name) => {
      const folder = folders[outbox];
      if (folder === undefined || !isPlainName(name)) return Promise.resolve(false);
      return guarded(config.folders[outbox] ?? outbox, 'read', async () => (await readdir(folder)).includes(name));
    },
    take: (limit) =>
      guarded(config.folders.inbox, 'read', async () => {
        await mkdirOnce(folders.inbox, work);
        const taken: TakenFile[] = [];
        let bytes = 0;
        const isFull = (): boolean => taken.length >= limit || bytes >= TAKEN_BYTES;
        const takeOne = async (path: string, name: string): Promise<void> => {
          const held = await claim(path, name);
          const file = held === null ? null : await read(held, name);
          if (file === null) return;
          taken.push(file);
          bytes += file.bytes.length;
        };
        for (const { path, name } of await abandoned()) {
          if (isFull()) return taken;
          await takeOne(path, name);
        }
        for (const ready of await settled()) {
          if (isFull()) return taken;
          if (await isUnfinished(ready)) continue;
          seen.delete(ready.name);
          await takeOne(join(folders.inbox, ready.name), ready.name);
        }
        return taken;
      }),
    archive: (file, at) =>
      guarded(config.folders.archive, 'keyed-write', () => {
        // File systems tell fractions of a millisecond.
        const day = Temporal.Instant.fromEpochMilliseconds(Math.floor(at))
          .toZonedDateTimeISO(zone)
          .toPlainDate()
          .toString();
        return putAway(file, join(folders.archive, day));
      }),
    reject: (file, reason) =>
      guarded(config.folders.rejected, 'keyed-write', async () => {
        await mkdir(folders.rejected, { recursive: true });
        // The reason first: a file that was rejected is never without it.
        const note = Buffer.from(`${reason}\n`, 'utf8');
        await placeBytes(folders.rejected, `${file.name}.${file.hash.slice(0, 8)}.reason.txt`, note).catch(
          (error: unknown) => {
            if (codeOf(error) !== 'EEXIST') throw error;
          },
        );
        return putAway(file, folders.rejected);
      }),
    ask: async (path, request) => {
      if (path !== DROP_AGAIN) throw forbidden(`файлы отправляются в ${DROP_AGAIN}, а не в ${path}`);
      const original = await originals(request);
      if (original === null)
        throw sourceError(
          system,
          { code: 'source.not_found', text: 'файла этого сообщения у Пульта нет', maybeSent: false },
          { intent: 'keyed-write' },
        );
      const name = markedName(original.name, keyInName(request.idempotencyKey));
      const outcome = await drop('deliver', name, original.bytes);
      return { attempt: request.attempt, duplicate: outcome === 'present' };
    },
    check: () =>
      guarded(config.folders.inbox, 'read', async () => {
        await readdir(folders.inbox);
        await access(folders.inbox, constants.R_OK | constants.W_OK);
        for (const outbox of ['deliver', 'respond'] as const) {
          const folder = folders[outbox];
          if (folder === undefined) continue;
          await access(folder, constants.W_OK).catch((error: unknown) => {
            throw folderError(system, config.folders[outbox] ?? outbox, { error, intent: 'read' });
          });
        }
      }),
  };
}

/** The work folder stands inside the inbox, so that a claim never leaves its file system; the inbox itself is not made. */
async function mkdirOnce(inbox: string, work: string): Promise<void> {
  await (await open(inbox, 'r')).close();
  await mkdir(work, { recursive: true });
}

const whenGone = (error: unknown): null => {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
};

/** How far the first tag of a document may stand behind comments, and the last one before them. */
const HEAD_CHARS = 4_096;
const TAIL_CHARS = 400;

/** Whether the writer stopped in between: nothing yet, or a last tag that does not close the first one. */
function lacksItsEnd(name: string, bytes: Uint8Array): boolean {
  if (bytes.length === 0) return true;
  if (!name.toLowerCase().endsWith('.xml')) return false;
  const { text } = decode(bytes);
  const head = text.slice(0, HEAD_CHARS).replace(/<\?[^>]*\?>|<!--[\s\S]*?-->/g, '');
  const root = /<([\p{L}_][\p{L}\d_.:-]*)[\s/>]/u.exec(head)?.[1];
  const end = text
    .slice(-TAIL_CHARS)
    .replace(/<!--[\s\S]*?-->\s*$/, '')
    .trimEnd();
  if (root === undefined) return !end.endsWith('>');
  return !new RegExp(`</${root.replaceAll('.', '\\.')}\\s*>$`, 'u').test(end) && !end.endsWith('/>');
}

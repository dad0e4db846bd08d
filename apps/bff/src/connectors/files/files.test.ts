import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Originals } from '../port/ask.ts';
import { DEFAULT_CIRCUIT } from '../port/circuit.ts';
import { createTurns } from '../port/connection.ts';
import { createFilesClient } from './client.ts';
import { decode, encode } from './encoding.ts';
import { isPlainName, keyInName, markedName } from './file-name.ts';
import { folderError } from './folder-fault.ts';
import type { FilesClient } from './port.ts';

/** The contract of watched folders, on a real folder. */

let root: string;
let now: number;
const clock = { now: () => now };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pult-files-'));
  now = Date.parse('2026-11-24T09:00:00Z');
  for (const name of ['inbox', 'deliver', 'respond']) mkdirSync(join(root, name));
});
afterEach(() => {
  for (const name of ['inbox', 'deliver']) chmodSync(join(root, name), 0o755);
  rmSync(root, { recursive: true, force: true });
});

const LIMITS = { concurrency: 2, timeoutMs: 5_000, pollMs: 1_000, unfinishedMs: 60_000, maxKilobytes: 16 };
const client = (
  parts: { originals?: Originals; claimMs?: number; maxKilobytes?: number; zone?: string } = {},
): FilesClient =>
  createFilesClient({
    system: 'edi',
    config: {
      protocol: 'files',
      folders: {
        inbox: join(root, 'inbox'),
        archive: join(root, 'archive'),
        rejected: join(root, 'rejected'),
        deliver: join(root, 'deliver'),
        respond: join(root, 'respond'),
      },
      partners: [{ gln: '4600000000015', name: 'Сеть', inn: '7700000000' }],
      limits: { ...LIMITS, maxKilobytes: parts.maxKilobytes ?? LIMITS.maxKilobytes },
    },
    turns: createTurns(2),
    clock,
    zone: parts.zone ?? 'Europe/Moscow',
    originals: parts.originals ?? (async () => null),
    ...(parts.claimMs === undefined ? {} : { claimMs: parts.claimMs }),
  });

const put = (name: string, text: string | Uint8Array): void => writeFileSync(join(root, 'inbox', name), text);
const ORDER = '<?xml version="1.0" encoding="utf-8"?><ORDER><NUMBER>1</NUMBER></ORDER>';
/** Two looks with time between them. */
async function looks(files: FilesClient, times = 2) {
  const taken = [];
  for (let look = 0; look < times; look += 1) {
    taken.push(...(await files.take(100)));
    now += LIMITS.pollMs;
  }
  return taken;
}

describe('taking files', () => {
  it('takes a file that two looks saw alike, and archives it by its day', async () => {
    const files = client();
    put('a.xml', ORDER);
    expect(await files.take(10)).toEqual([]);
    const [file] = await files.take(10);
    expect(file).toMatchObject({ name: 'a.xml', tooLarge: false, unfinished: false });
    if (!file) throw new Error('nothing taken');
    expect(await files.archive(file, now)).toBe('a.xml');
    expect(readFileSync(join(root, 'archive/2026-11-24/a.xml'), 'utf8')).toBe(ORDER);
    expect(await looks(files)).toEqual([]);
  });

  it('leaves a file alone that still grows', async () => {
    const files = client();
    put('a.xml', ORDER.slice(0, 30));
    await files.take(10);
    put('a.xml', `${ORDER} `);
    expect(await files.take(10)).toEqual([]);
    expect(await files.take(10)).toHaveLength(1);
  });

  it('leaves a file alone whose size stays while its bytes change', async () => {
    const files = client();
    put('a.xml', ORDER);
    utimesSync(join(root, 'inbox/a.xml'), 1_000, 1_000);
    await files.take(10);
    utimesSync(join(root, 'inbox/a.xml'), 2_000, 2_000);
    expect(await files.take(10)).toEqual([]);
  });

  it('waits for the end of a document until the limit, then takes it as unfinished', async () => {
    const files = client();
    put('half.xml', ORDER.slice(0, -4));
    expect(await looks(files, 5)).toEqual([]);
    now += LIMITS.unfinishedMs;
    expect(await looks(files, 1)).toMatchObject([{ name: 'half.xml', unfinished: true }]);
  });

  it.each(['.hidden.xml', 'a.xml.tmp', 'a.part', 'a.filepart', 'a.xml~'])(
    'ignores %s: its writer is not done',
    async (name) => {
      const files = client();
      put(name, ORDER);
      expect(await looks(files)).toEqual([]);
    },
  );

  it('takes files in portions, the oldest first, and no more bytes at once than a part of the memory', async () => {
    const files = client({ maxKilobytes: 16_384 });
    for (const [index, name] of ['c.txt', 'a.txt', 'b.txt'].entries()) {
      put(name, `${' '.repeat(12 * 1024 * 1024)}${ORDER}`);
      utimesSync(join(root, 'inbox', name), index + 1, index + 1);
    }
    for (const name of ['d.txt', 'e.txt']) {
      put(name, `${' '.repeat(12 * 1024 * 1024)}${ORDER}`);
      utimesSync(join(root, 'inbox', name), 10, 10);
    }
    const portions: string[][] = [];
    for (let look = 0; look < 3; look += 1) portions.push((await files.take(100)).map(({ name }) => name));
    expect(portions).toEqual([[], ['c.txt', 'a.txt', 'b.txt'], ['d.txt', 'e.txt']]);
  });

  it('ignores folders and links: a link could lead out of the inbox', async () => {
    const files = client();
    writeFileSync(join(root, 'secret.xml'), ORDER);
    symlinkSync(join(root, 'secret.xml'), join(root, 'inbox/link.xml'));
    mkdirSync(join(root, 'inbox/folder.xml'));
    expect(await looks(files)).toEqual([]);
  });

  it('does not read a file above the limit', async () => {
    const files = client();
    put('big.xml', 'x'.repeat(LIMITS.maxKilobytes * 1024 + 1));
    const [file] = await looks(files);
    expect(file).toMatchObject({ tooLarge: true });
    expect(file?.bytes).toHaveLength(0);
  });

  it('knows files without content apart by their size and time', async () => {
    const files = client();
    const at = new Date('2026-11-24T09:00:00Z');
    const large = 'x'.repeat(LIMITS.maxKilobytes * 1024 + 1);
    const hashes: string[] = [];
    for (const [content, seconds] of [
      [large, 0],
      [large, 1],
      [`${large}x`, 0],
      ['', 0],
      ['', 1],
      [large, 0],
    ] as const) {
      put('big.xml', content);
      const changed = new Date(at.getTime() + seconds * 1_000);
      utimesSync(join(root, 'inbox/big.xml'), changed, changed);
      await files.take(10);
      // An empty one is waited for.
      now += LIMITS.unfinishedMs;
      const [file] = await files.take(10);
      if (file === undefined) throw new Error('not taken');
      hashes.push(file.hash);
      await files.reject(file, 'не прочитан');
    }
    expect(new Set(hashes.slice(0, 5)).size).toBe(5);
    expect(hashes[5]).toBe(hashes[0]);
  });

  it('gives each file to one of two instances that look at the same time', async () => {
    const [one, other] = [client(), client()];
    for (let index = 0; index < 30; index += 1) put(`${index}.xml`, ORDER.replace('1</', `${index}</`));
    await Promise.all([one.take(100), other.take(100)]);
    now += LIMITS.pollMs;
    const taken = (await Promise.all([one.take(100), other.take(100)])).flat().map(({ name }) => name);
    expect(taken).toHaveLength(30);
    expect(new Set(taken).size).toBe(30);
  });

  it('takes again what a process that died had claimed, once its claim has run out', async () => {
    put('a.xml', ORDER);
    expect(await looks(client())).toHaveLength(1);
    const next = client({ claimMs: 60_000 });
    expect(await looks(next)).toEqual([]);
    now += 60_000;
    expect(await next.take(10)).toMatchObject([{ name: 'a.xml' }]);
  });

  it('keeps both files when two of one name come on one day', async () => {
    const files = client();
    for (const number of ['1', '2']) {
      put('a.xml', ORDER.replace('1</', `${number}</`));
      for (const file of await looks(files)) await files.archive(file, Date.parse('2026-11-24T09:00:00Z'));
    }
    expect(readdirSync(join(root, 'archive/2026-11-24'))).toHaveLength(2);
  });

  it('archives by the day of the system, wherever Pult runs', async () => {
    const late = Date.parse('2026-11-24T20:30:00Z');
    for (const [zone, day] of [
      ['Europe/Moscow', '2026-11-24'],
      ['Asia/Omsk', '2026-11-25'],
    ] as const) {
      put(`${day}.xml`, ORDER);
      const files = client({ zone });
      for (const file of await looks(files)) await files.archive(file, late);
      expect(readdirSync(join(root, 'archive', day))).toEqual([`${day}.xml`]);
    }
  });

  it('archives the same file twice as one: what a crash left is done once', async () => {
    const files = client();
    for (let time = 0; time < 2; time += 1) {
      put('a.xml', ORDER);
      for (const file of await looks(files)) await files.archive(file, Date.parse('2026-11-24T09:00:00Z'));
    }
    expect(readdirSync(join(root, 'archive/2026-11-24'))).toEqual(['a.xml']);
  });

  it('puts the reason beside a rejected file', async () => {
    const files = client();
    put('bad.xml', '<ORDER></ORDER>');
    const [file] = await looks(files);
    if (!file) throw new Error('nothing taken');
    await files.reject(file, 'нет номера заказа');
    const names = readdirSync(join(root, 'rejected')).sort();
    expect(names).toEqual([
      expect.stringMatching(/^bad\.xml$/),
      expect.stringMatching(/^bad\.xml\.[0-9a-f]{8}\.reason\.txt$/),
    ]);
    expect(readFileSync(join(root, 'rejected', names[1] ?? ''), 'utf8')).toContain('нет номера заказа');
  });
});

describe('dropping files', () => {
  const bytes = Buffer.from(ORDER);

  it('shows a file whole or not at all, and leaves nothing else behind', async () => {
    expect(await client().drop('deliver', 'a.xml', bytes)).toBe('placed');
    expect(readdirSync(join(root, 'deliver'))).toEqual(['a.xml']);
    expect(readFileSync(join(root, 'deliver/a.xml'), 'utf8')).toBe(ORDER);
  });

  it('is done once however often it is asked', async () => {
    const files = client();
    await files.drop('respond', 'a.xml', bytes);
    expect(await files.drop('respond', 'a.xml', bytes)).toBe('present');
  });

  it('never writes over another file', async () => {
    const files = client();
    await files.drop('deliver', 'a.xml', bytes);
    await expect(files.drop('deliver', 'a.xml', Buffer.from('other'))).rejects.toMatchObject({
      code: 'source.conflict',
    });
    expect(readFileSync(join(root, 'deliver/a.xml'), 'utf8')).toBe(ORDER);
  });

  it.each([
    '../a.xml',
    '/etc/a.xml',
    '..',
    'a/b.xml',
    'c:\\a.xml',
    '',
    '.a.xml',
    'a\u0000.xml',
    'a.xml.',
    'x'.repeat(300),
  ])('refuses the name %j: it leads past the folder', async (name) => {
    await expect(client().drop('deliver', name, bytes)).rejects.toMatchObject({ code: 'source.forbidden' });
    expect(readdirSync(join(root, 'deliver'))).toEqual([]);
  });

  it('sends a message again as its own bytes, under the key of the operation', async () => {
    const files = client({ originals: async () => ({ name: 'order_1.xml', bytes }) });
    const request = {
      flow: 'edi-orders',
      messageId: 'm',
      consumer: 'ut',
      attempt: 2,
      operationId: 'o',
      idempotencyKey: 'o:d',
    };
    expect(await files.ask('/deliver', request)).toEqual({ attempt: 2, duplicate: false });
    expect(await files.ask('/deliver', request)).toEqual({ attempt: 2, duplicate: true });
    expect(readdirSync(join(root, 'deliver'))).toEqual(['order_1~o-d.xml']);
  });

  it('says so when it never saw the file of a message', async () => {
    const request = { flow: 'f', messageId: 'm', consumer: 'ut', attempt: 1, operationId: 'o', idempotencyKey: 'k' };
    await expect(client().ask('/deliver', request)).rejects.toMatchObject({
      code: 'source.not_found',
      canRetry: false,
    });
  });
});

describe('health of the folders', () => {
  it('says that the folder is gone since when, and that it is back', async () => {
    const files = client();
    renameSync(join(root, 'inbox'), join(root, 'away'));
    await expect(files.take(1)).rejects.toMatchObject({ code: 'source.unreachable' });
    expect(files.state()).toMatchObject({ downSince: now, lastError: { code: 'source.unreachable' } });
    renameSync(join(root, 'away'), join(root, 'inbox'));
    await files.take(1);
    expect(files.state()).toMatchObject({ downSince: null, lastOkAt: now });
  });

  it('opens the circuit when the folder stays away', async () => {
    const files = client();
    renameSync(join(root, 'inbox'), join(root, 'away'));
    for (let time = 0; time < DEFAULT_CIRCUIT.failures; time += 1) await files.take(1).catch(() => undefined);
    await expect(files.take(1)).rejects.toMatchObject({ code: 'source.circuit_open' });
    renameSync(join(root, 'away'), join(root, 'inbox'));
  });

  it.each([
    ['EACCES', 'source.unauthorized', 'нет прав на папку'],
    ['ENOSPC', 'source.overloaded', 'на диске нет места'],
    ['ETIMEDOUT', 'source.timeout', 'ETIMEDOUT'],
  ])('tells %s of the system as %s', (code, expected, words) => {
    const error = folderError('edi', '/mnt/edi/inbox', {
      error: Object.assign(new Error('x'), { code }),
      intent: 'read',
    });
    expect(error).toMatchObject({
      code: expected,
      data: { text: `/mnt/edi/inbox: ${words}` },
      canRetry: code !== 'EACCES',
    });
  });

  it('makes no inbox where there is none: a share that is not mounted is no empty exchange', async () => {
    rmSync(join(root, 'inbox'), { recursive: true });
    await expect(client().take(1)).rejects.toMatchObject({ code: 'source.unreachable' });
    expect(() => statSync(join(root, 'inbox'))).toThrow();
    mkdirSync(join(root, 'inbox'));
  });
});

describe('encodings', () => {
  const XML = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?><a>Заказ № 5 «Ёлка»</a>`;

  it.each([
    ['windows-1251', encode(XML('windows-1251'), 'windows-1251'), 'windows-1251', false],
    ['utf-8', encode(XML('UTF-8'), 'utf-8'), 'utf-8', false],
    [
      'utf-8 behind a mark',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(XML('utf-8'))]),
      'utf-8',
      false,
    ],
    ['windows-1251 that claims utf-8', encode(XML('utf-8'), 'windows-1251'), 'windows-1251', true],
    ['utf-8 that claims windows-1251', encode(XML('windows-1251'), 'utf-8'), 'utf-8', true],
    ['windows-1251 without a declaration', encode('<a>Заказ</a>', 'windows-1251'), 'windows-1251', true],
  ] as const)('reads %s by its bytes', (_, bytes, encoding, mismatch) => {
    const decoded = decode(bytes);
    expect(decoded).toMatchObject({ encoding, mismatch });
    expect(decoded.text).toContain('Заказ');
  });

  it('writes in windows-1251 every character that it has, and a question mark for any other', () => {
    const every = new TextDecoder('windows-1251').decode(Uint8Array.from({ length: 0x100 }, (_, byte) => byte));
    const written = (text: string): string => new TextDecoder('windows-1251').decode(encode(text, 'windows-1251'));
    expect(written(every)).toBe(every);
    expect(written('Щит 25°C ±5 “ГОСТ” IP54® … €')).toBe('Щит 25°C ±5 “ГОСТ” IP54® … €');
    expect(written('¼ 💡 ≤ я')).toBe('? ? ? я');
  });
});

describe('names', () => {
  it('stay plain and short however they are marked', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 190 }),
        fc.string({ maxLength: 60 }),
        (name, key) => {
          fc.pre(isPlainName(name));
          const marked = markedName(name, keyInName(key).slice(0, 80));
          expect(Buffer.byteLength(marked)).toBeLessThanOrEqual(200);
        },
      ),
    );
  });
});

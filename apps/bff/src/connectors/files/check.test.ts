import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FolderLook, filesSteps } from './check.ts';
import { createFolderCalls } from './folder-fault.ts';

let folder: string;
let archive: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pult-check-'));
  archive = join(folder, 'archive');
  await mkdir(archive);
});
afterEach(() => rm(folder, { recursive: true }));

const real: FolderLook = { access, stat, readdir };
const steps = (folders: Record<string, string | undefined>, look: Partial<FolderLook> = {}, ms = 5_000) =>
  filesSteps({ folders, calls: createFolderCalls(ms), look: { ...real, ...look } });
const step = (id: string, all: ReturnType<typeof filesSteps>) => all.find((one) => one.id === id)?.run();
const failing = (code: string, at: string) => async (path: string) => {
  if (path === at) throw Object.assign(new Error(code), { code });
};
const never = (): Promise<never> => new Promise(() => undefined);

describe('the check of folders', () => {
  it('passes where they are, and writes nothing into them', async () => {
    for (const one of steps({ inbox: folder, archive, deliver: undefined }))
      expect(await one.run()).toMatchObject({ ok: true });
    expect(await readdir(folder)).toEqual(['archive']);
  });

  it('names every folder that is missing, and a file that stands for one', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const all = steps({ inbox: join(folder, 'gone'), archive: file, rejected: folder });
    expect(await step('rights', all)).toMatchObject({ ok: true });
    expect(await step('objects', all)).toMatchObject({
      fault: { code: 'folder_missing', data: { objects: [join(folder, 'gone'), file] } },
    });
  });

  it('needs no folder that Pult makes itself, where it may make one', async () => {
    const rejected = join(folder, 'deep', 'rejected');
    const all = steps({ inbox: folder, archive, rejected });
    expect(await step('objects', all)).toEqual({ ok: true, facts: { objects: 3, made: [rejected] } });
    const readOnly = { access: failing('EACCES', folder) };
    expect(await step('objects', steps({ inbox: archive, archive, rejected }, readOnly))).toMatchObject({
      fault: { code: 'folder_missing', data: { objects: [rejected] } },
    });
    // The inbox and the folders of the exchange are made by nobody: a share that is not mounted must not look empty.
    expect(await step('objects', steps({ inbox: join(folder, 'gone'), archive }))).toMatchObject({
      fault: { code: 'folder_missing', data: { objects: [join(folder, 'gone')] } },
    });
  });

  it.each(['EACCES', 'EPERM', 'EROFS'])('names every folder that may not be used: %s', async (code) => {
    const modes: number[] = [];
    const look = {
      access: async (path: string, mode: number) => {
        modes.push(mode);
        await failing(code, archive)(path);
      },
    };
    expect(await step('rights', steps({ inbox: folder, archive }, look))).toMatchObject({
      fault: { code: 'folder_denied', data: { objects: [archive] } },
    });
    // Taking a file away is reading, and changing the folder.
    expect(modes).toEqual([7, 7]);
    expect(constants.R_OK | constants.W_OK | constants.X_OK).toBe(7);
  });

  it.each(['rights', 'objects', 'sample'])('says that a folder is silent: %s', async (id) => {
    const all = steps({ inbox: folder, archive }, { access: never, stat: never, readdir: never }, 20);
    expect(await step(id, all)).toMatchObject({ fault: { code: 'folder_silent', data: { objects: [folder] } } });
  });

  it('asks a folder nothing more while a call hangs in it, and again when that one has come back', async () => {
    let asked = 0;
    let comeBack: () => void = () => undefined;
    const access = (): Promise<void> => {
      asked += 1;
      return asked === 1 ? new Promise((done) => (comeBack = done)) : Promise.resolve();
    };
    const calls = createFolderCalls(20);
    const check = () => step('rights', filesSteps({ folders: { inbox: folder }, calls, look: { ...real, access } }));
    const silent = { fault: { code: 'folder_silent' } };
    expect(await check()).toMatchObject(silent);
    for (let n = 0; n < 10; n += 1) expect(await check()).toMatchObject(silent);
    expect(asked).toBe(1);
    comeBack();
    await expect.poll(check).toMatchObject({ ok: true });
  });

  it('lets one call through after a while, for a share that was mounted anew leaves the old call hanging', async () => {
    const clock = { time: 0, now: () => clock.time };
    let isBack = false;
    let asked = 0;
    const calls = createFolderCalls(20, clock);
    const check = (): Promise<string> =>
      calls(folder, () => {
        asked += 1;
        return isBack ? Promise.resolve('ok') : never();
      }).catch(({ code }: { code: string }) => code);
    const askedAfter = async (minutes: number): Promise<number> => {
      clock.time += minutes * 60_000;
      await Promise.all([check(), check(), check()]);
      return asked;
    };
    expect(await check()).toBe('ETIMEDOUT');
    expect(await askedAfter(4)).toBe(1);
    expect(await askedAfter(1)).toBe(2);
    expect(await askedAfter(59)).toBe(2);
    isBack = true;
    clock.time += 60_000;
    expect(await check()).toBe('ok');
    expect(await Promise.all([check(), check()])).toEqual(['ok', 'ok']);
  });

  it('asks no further folder of a system while three calls hang', async () => {
    let asked = 0;
    const calls = createFolderCalls(20);
    const check = (where: string): Promise<unknown> =>
      calls(where, () => {
        asked += 1;
        return never();
      }).catch(({ code }: { code: string }) => code);
    for (const where of ['inbox', 'archive', 'rejected', 'deliver', 'respond'])
      expect(await check(where)).toBe('ETIMEDOUT');
    expect(asked).toBe(3);
  });

  it('loses no more than three threads to a folder that stays silent', async () => {
    const clock = { time: 0, now: () => clock.time };
    let asked = 0;
    const calls = createFolderCalls(20, clock);
    const check = (): Promise<unknown> =>
      calls(folder, () => {
        asked += 1;
        return never();
      }).catch(() => undefined);
    for (let hour = 0; hour < 48; hour += 1) {
      await check();
      clock.time += 3_600_000;
    }
    expect(asked).toBe(3);
  });

  it.each(['rights', 'objects', 'sample'])('explains an error of the disk: %s', async (id) => {
    const broken = failing('EIO', folder) as () => Promise<never>;
    const all = steps({ inbox: folder }, { access: broken, stat: broken, readdir: broken });
    expect(await step(id, all)).toMatchObject({
      fault: { code: 'folder_broken', data: { objects: [folder] }, answer: 'EIO' },
    });
  });

  it.each([
    ['folder_missing', 'ENOENT'],
    ['folder_denied', 'EACCES'],
  ])('«%s» when the folder went between two steps', async (code, errno) => {
    const look = { readdir: failing(errno, folder) as () => Promise<never> };
    expect(await step('sample', steps({ inbox: folder }, look))).toMatchObject({
      fault: { code, data: { objects: [folder] } },
    });
  });

  it('says which folders lie on another disk: files are copied there', async () => {
    const look = { stat: async (path: string) => onDisk(path === archive ? 2 : 1) };
    expect(await step('objects', steps({ inbox: folder, archive, rejected: folder }, look))).toMatchObject({
      ok: true,
      facts: { copied: [archive] },
    });
    expect(await step('objects', steps({ inbox: folder, archive }))).toEqual({ ok: true, facts: { objects: 2 } });
  });

  it('refuses a work folder on another disk: nothing can be renamed into it', async () => {
    const look = { stat: async (path: string) => onDisk(path.endsWith('.pult-work') ? 2 : 1) };
    expect(await step('objects', steps({ inbox: folder, archive }, look))).toMatchObject({
      fault: { code: 'folder_apart', data: { objects: [folder, join(folder, '.pult-work')] } },
    });
  });
});

const onDisk = (dev: number) => ({ dev, isDirectory: () => true });

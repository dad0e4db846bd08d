import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { filesSteps } from './check.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pult-check-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('passes where the folders are, and writes nothing into them', async () => {
  for (const step of filesSteps({ inbox: folder, deliver: undefined }))
    expect(await step.run()).toMatchObject({ ok: true });
  expect(await readdir(folder)).toEqual([]);
});

it('names every folder that is missing, and a file that stands for one', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const [, objects] = filesSteps({ inbox: join(folder, 'gone'), archive: file, rejected: folder });
  expect(await objects?.run()).toMatchObject({
    fault: { code: 'folder_missing', data: { objects: [join(folder, 'gone'), file] } },
  });
});

/** Folders of the exchange: what the provider and УТ give each other, and copies of all of it for Pult. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAMES = ['to-ut', 'from-ut', 'received', 'ut-done', 'ut-bad', 'pult/inbox'] as const;
export type FolderName = (typeof NAMES)[number];

export class Folders {
  readonly root: string;

  /** @param root null: a temporary place, for tests */
  constructor(root: string | null) {
    this.root = root ?? mkdtempSync(join(tmpdir(), 'stand-edi-'));
    for (const name of NAMES) mkdirSync(join(this.root, name), { recursive: true });
  }

  path(folder: FolderName, name = ''): string {
    return join(this.root, folder, name);
  }
  /** Whole or not at all, as a client of a provider writes. */
  write(folder: FolderName, name: string, bytes: Uint8Array): void {
    writeFileSync(this.path(folder, `.${name}.tmp`), bytes);
    renameSync(this.path(folder, `.${name}.tmp`), this.path(folder, name));
  }
  /** Straight under its name: whoever looks meanwhile sees a part. */
  writeInPlace(folder: FolderName, name: string, bytes: Uint8Array): void {
    writeFileSync(this.path(folder, name), bytes);
  }
  /** Files that are there, oldest first. */
  list(folder: FolderName): string[] {
    return readdirSync(this.path(folder))
      .filter((name) => !name.startsWith('.') && !name.endsWith('.tmp') && statSync(this.path(folder, name)).isFile())
      .sort((a, b) => statSync(this.path(folder, a)).mtimeMs - statSync(this.path(folder, b)).mtimeMs);
  }
  read(folder: FolderName, name: string): Uint8Array {
    return readFileSync(this.path(folder, name));
  }
  move(from: FolderName, to: FolderName, name: string): void {
    renameSync(this.path(from, name), this.path(to, name));
  }
}

/** JSON lines on disk: appended at once, read back at start; a line torn by a crash is cut off before anything follows. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

const linesOf = (lines: readonly unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** Path null keeps nothing: the journal of a process without a data folder. */
export class Journal<T> {
  readonly #path: string | null;

  constructor(path: string | null) {
    this.#path = path;
    if (path) mkdirSync(dirname(path), { recursive: true });
  }

  /** Everything written so far. Cuts a torn tail off the file, so that the next line does not grow onto it. */
  read(): T[] {
    if (!this.#path || !existsSync(this.#path)) return [];
    const lines: T[] = [];
    let goodBytes = 0;
    for (const text of readFileSync(this.#path, 'utf8').split('\n').slice(0, -1)) {
      try {
        lines.push(JSON.parse(text) as T);
      } catch {
        break;
      }
      goodBytes += Buffer.byteLength(text) + 1;
    }
    if (goodBytes < statSync(this.#path).size) truncateSync(this.#path, goodBytes);
    return lines;
  }

  append(...lines: readonly T[]): void {
    if (this.#path && lines.length > 0) appendFileSync(this.#path, linesOf(lines));
  }

  /** Replaces everything; used to forget what is done with. A kill in between leaves the old or the new, never half. */
  rewrite(lines: readonly T[]): void {
    if (!this.#path) return;
    writeFileSync(`${this.#path}.new`, linesOf(lines));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

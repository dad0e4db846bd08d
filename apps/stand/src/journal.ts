/** JSON lines on disk: appended at once, read back at start; a line torn by a crash ends the reading. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export class Journal<T> {
  readonly #path: string | null;

  constructor(path: string | null) {
    this.#path = path;
    if (path) mkdirSync(dirname(path), { recursive: true });
  }

  read(): T[] {
    if (!this.#path || !existsSync(this.#path)) return [];
    const lines: T[] = [];
    for (const text of readFileSync(this.#path, 'utf8').split('\n')) {
      if (text === '') continue;
      try {
        lines.push(JSON.parse(text) as T);
      } catch {
        break;
      }
    }
    return lines;
  }

  append(...lines: readonly T[]): void {
    if (this.#path && lines.length > 0)
      appendFileSync(this.#path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** Replaces everything; used to forget what is done with. */
  rewrite(lines: readonly T[]): void {
    if (this.#path) writeFileSync(this.#path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

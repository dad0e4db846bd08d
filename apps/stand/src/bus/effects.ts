/** What the services have made, by message, and the keys under which they were asked; on disk before it returns. */
import { Journal } from '../journal.ts';

type Line = { readonly made?: string; readonly key?: string } | { readonly mark: readonly [string, number] };

export class Effects {
  readonly #journal: Journal<Line>;
  readonly #made = new Map<string, number>();
  readonly #keys = new Set<string>();
  readonly #marks = new Map<string, number>();

  constructor(path: string | null) {
    this.#journal = new Journal<Line>(path);
    for (const line of this.#journal.read()) this.#take(line);
  }

  hasKey(key: string): boolean {
    return this.#keys.has(key);
  }
  /** An effect for a message, or null for one that was given up; with the key of whoever asked for it. */
  made(message: string | null, key: string | null): void {
    if ((message === null || this.#made.has(message)) && (key === null || this.#keys.has(key))) {
      if (message !== null) this.#made.set(message, (this.#made.get(message) ?? 0) + 1);
      return;
    }
    const line = { ...(message === null ? {} : { made: message }), ...(key === null ? {} : { key }) };
    this.#journal.append(line);
    this.#take(line);
  }
  /** Messages with an effect. */
  get count(): number {
    return this.#made.size;
  }
  /** Cursor of a producer; null when it has never been set. */
  mark(name: string): number | null {
    return this.#marks.get(name) ?? null;
  }
  setMark(name: string, value: number): void {
    this.#journal.append({ mark: [name, value] });
    this.#marks.set(name, value);
  }

  #take(line: Line): void {
    if ('mark' in line) this.#marks.set(...line.mark);
    else {
      if (line.made !== undefined) this.#made.set(line.made, (this.#made.get(line.made) ?? 0) + 1);
      if (line.key !== undefined) this.#keys.add(line.key);
    }
  }
}

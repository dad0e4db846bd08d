import type { Clock } from '../../platform/clock.ts';

/** Values by key that are asked for again after a while. */
export class Kept<T> {
  readonly #values = new Map<string, { readonly at: number; readonly value: T }>();
  readonly #keptMs: number;
  readonly #clock: Clock;

  constructor(keptMs: number, clock: Clock) {
    this.#keptMs = keptMs;
    this.#clock = clock;
  }

  missing(keys: readonly string[]): string[] {
    const now = this.#clock.now();
    return [...new Set(keys)].filter((key) => now - (this.#values.get(key)?.at ?? -Infinity) >= this.#keptMs);
  }

  set(key: string, value: T): void {
    // A process that runs for months must not remember every item it ever saw.
    if (this.#values.size >= 20_000) this.#values.clear();
    this.#values.set(key, { at: this.#clock.now(), value });
  }

  get(key: string): T | undefined {
    return this.#values.get(key)?.value;
  }
}

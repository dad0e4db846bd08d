/** VK HR Tek and EproQc: systems of which nothing but their reports is known. Here they are what they took and what they refuse. */
import { join } from 'node:path';
import { Journal } from '../journal.ts';
import type { MessageRecord } from './records.ts';
import { TransferError } from './transfer-error.ts';

type Line = { readonly system: string; readonly messageId: string };

export class Receivers {
  readonly #journal: Journal<Line>;
  readonly #taken = new Set<string>();

  constructor(dataDir: string | null) {
    this.#journal = new Journal(dataDir ? join(dataDir, 'receivers.jsonl') : null);
    for (const line of this.#journal.read()) this.#taken.add(keyOf(line));
  }

  has(line: Line): boolean {
    return this.#taken.has(keyOf(line));
  }
  get size(): number {
    return this.#taken.size;
  }

  /** Takes messages; the same one again is the one that is there. On disk before it returns. */
  take(...lines: readonly Line[]): void {
    const fresh = lines.filter((line) => !this.has(line));
    this.#journal.append(...fresh);
    for (const line of fresh) this.#taken.add(keyOf(line));
  }

  /** @param objection why the system does not take it; null takes it @throws TransferError that the system itself reports */
  receive({ consumer, messageId }: MessageRecord, objection: string | null): void {
    if (objection !== null) throw new TransferError(objection, { refused: true });
    this.take({ system: consumer, messageId });
  }
}

const keyOf = ({ system, messageId }: Line): string => `${system} ${messageId}`;

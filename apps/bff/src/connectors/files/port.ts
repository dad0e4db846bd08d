import type { AskAnswer, AskRequest } from '../port/ask.ts';
import type { ConnectionState } from '../port/connection-health.ts';

/** A file that this process holds: nobody else takes it until it is put away or its claim runs out. */
export interface TakenFile {
  /** As the exchange named it. */
  readonly name: string;
  /** SHA-256 of the content, hexadecimal; of an empty or too large file, of its size and the time of its last change. */
  readonly hash: string;
  readonly bytes: Uint8Array;
  /** Last change by its writer, ms. */
  readonly changedAt: number;
  /** Larger than the limit: `bytes` is empty. */
  readonly tooLarge: boolean;
  /** Its end is missing and was waited for. */
  readonly unfinished: boolean;
  /** Where it is held; for the connector alone. */
  readonly held: string;
}

export type Outbox = 'deliver' | 'respond';

/**
 * Watched folders of one exchange. Reading: two looks that see the same, a claim by renaming, then `archive` or `reject`.
 * What was claimed by a process that died is taken again: whoever reads must take a file twice as once.
 */
export interface FilesClient {
  readonly system: string;
  /** Whose days the dates in its files are. */
  readonly zone: string;
  readonly partners: ReadonlyMap<string, { readonly name: string; readonly inn: string | null }>;
  /** One look: claims what has settled since the last one. @throws SourceError */
  take(limit: number): Promise<TakenFile[]>;
  /** Puts a file away as read, by the day of `at`, ms. @returns its name there @throws SourceError */
  archive(file: TakenFile, at: number): Promise<string>;
  /** Puts a file away as unreadable, the reason in a text beside it. @throws SourceError */
  reject(file: TakenFile, reason: string): Promise<string>;
  /**
   * Drops a file for others: whole or not at all; the same name and content twice is one file.
   * @throws SourceError `source.forbidden` for a name that is none or a folder that the landscape does not name,
   * `source.conflict` when other content bears the name
   */
  drop(outbox: Outbox, name: string, bytes: Uint8Array): Promise<'placed' | 'present'>;
  has(outbox: Outbox): boolean;
  /** Whether a file of this name lies in the folder now. @throws SourceError */
  lies(outbox: Outbox, name: string): Promise<boolean>;
  /** Sends a message again: its bytes as they were, dropped for the target under the key of the request. @throws SourceError */
  ask(path: string, request: AskRequest): Promise<AskAnswer>;
  /** Reads the folder and writes a file into each that Pult writes to. @throws SourceError */
  check(): Promise<void>;
  state(): ConnectionState;
}

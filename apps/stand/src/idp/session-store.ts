/** Sessions, codes, grants and tokens of the provider: in memory with a journal, so that people stay signed in over a restart. */
import { Journal } from '../journal.ts';

export interface Payload {
  readonly uid?: string;
  readonly userCode?: string;
  readonly grantId?: string;
  consumed?: number;
  [field: string]: unknown;
}
interface Kept {
  readonly key: string;
  readonly payload: Payload | null;
  /** ms; null lives for ever. */
  readonly expiresAt: number | null;
}

const REWRITE_AFTER = 2_000;

/** Shared by the adapters of all models; path null keeps everything in memory. */
export class SessionStore {
  readonly #journal: Journal<Kept>;
  readonly #entries = new Map<string, Kept>();
  #written = 0;

  constructor(path: string | null) {
    this.#journal = new Journal(path);
    for (const entry of this.#journal.read()) this.#apply(entry);
    this.#compact();
  }

  get(key: string): Payload | undefined {
    const entry = this.#entries.get(key);
    if (!entry?.payload || this.#isOver(entry)) return undefined;
    return entry.payload;
  }

  /** First entry of a model whose payload fits. */
  find(model: string, fits: (payload: Payload) => boolean): Payload | undefined {
    for (const entry of this.#entries.values())
      if (entry.key.startsWith(`${model}:`) && entry.payload && !this.#isOver(entry) && fits(entry.payload))
        return entry.payload;
    return undefined;
  }

  put(key: string, payload: Payload | null, expiresAt: number | null): void {
    const entry = { key, payload, expiresAt };
    this.#apply(entry);
    this.#journal.append(entry);
    this.#written += 1;
    if (this.#written >= REWRITE_AFTER) this.#compact();
  }

  expiryOf(key: string): number | null {
    return this.#entries.get(key)?.expiresAt ?? null;
  }

  removeGrant(grantId: string): void {
    for (const { key, payload } of [...this.#entries.values()])
      if (payload?.grantId === grantId) this.put(key, null, null);
  }

  #apply(entry: Kept): void {
    if (entry.payload) this.#entries.set(entry.key, entry);
    else this.#entries.delete(entry.key);
  }
  #isOver({ expiresAt }: Kept): boolean {
    return expiresAt !== null && expiresAt <= Date.now();
  }
  #compact(): void {
    for (const entry of [...this.#entries.values()]) if (this.#isOver(entry)) this.#entries.delete(entry.key);
    this.#journal.rewrite([...this.#entries.values()]);
    this.#written = 0;
  }
}

/** Storage of one model, in the shape that oidc-provider asks for. */
export function createAdapter(store: SessionStore) {
  return class Adapter {
    readonly #model: string;

    constructor(model: string) {
      this.#model = model;
    }

    async upsert(id: string, payload: Payload, expiresIn?: number): Promise<void> {
      store.put(this.#key(id), payload, expiresIn === undefined ? null : Date.now() + expiresIn * 1_000);
    }
    async find(id: string): Promise<Payload | undefined> {
      return store.get(this.#key(id));
    }
    async findByUid(uid: string): Promise<Payload | undefined> {
      return store.find(this.#model, (payload) => payload.uid === uid);
    }
    async findByUserCode(code: string): Promise<Payload | undefined> {
      return store.find(this.#model, (payload) => payload.userCode === code);
    }
    async consume(id: string): Promise<void> {
      const key = this.#key(id);
      const payload = store.get(key);
      if (payload) store.put(key, { ...payload, consumed: Math.floor(Date.now() / 1_000) }, store.expiryOf(key));
    }
    async destroy(id: string): Promise<void> {
      store.put(this.#key(id), null, null);
    }
    async revokeByGrantId(grantId: string): Promise<void> {
      store.removeGrant(grantId);
    }

    #key(id: string): string {
      return `${this.#model}:${id}`;
    }
  };
}

/** One request of an approval app, whichever ELMA keeps it; system fields are told apart from its own ones. */
export interface RequestItem {
  readonly id: string;
  readonly name: string;
  /** Grows with every change. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deletedAt: string | null;
  /** Code of the status: `new`, `in_progress`, `clarification`, `approved`, `rejected`; null when the app has another one. */
  readonly statusCode: string | null;
  /** Fields of the app by the names of docs/protocols/elma365.md. */
  readonly context: Readonly<Record<string, unknown>>;
}

export interface RequestQuery {
  /** `tf`: a part of a text, or an interval of a date. */
  readonly filter?: {
    readonly tf: Readonly<Record<string, string | { readonly min?: string; readonly max?: string }>>;
  };
  readonly ids?: readonly string[];
  readonly sort?: { readonly field: string; readonly ascending: boolean };
  readonly from?: number;
  readonly size?: number;
}

/**
 * What Pult needs of the app with approval requests, in either dialect of ELMA; the landscape chooses which. `app` is
 * `namespace/code` in ELMA365 and the uid of the entity in ELMA3. All failures are SourceError.
 */
export interface RequestApp {
  readonly system: string;
  list(app: string, query?: RequestQuery): Promise<{ items: RequestItem[]; total: number }>;
  get(app: string, id: string): Promise<RequestItem | null>;
  /** Writing the same values again changes nothing. @returns the item after it; null when the answer does not carry it */
  update(app: string, id: string, context: Readonly<Record<string, unknown>>): Promise<RequestItem | null>;
  /** Setting the status that stands already changes nothing. */
  setStatus(app: string, id: string, code: string): Promise<void>;
}

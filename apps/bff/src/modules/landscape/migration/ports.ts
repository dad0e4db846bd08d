/** What the comparison asks of the messages module. */

/** A delivery as one side of a pair; instants in ms. */
export interface Side {
  readonly id: string;
  readonly messageId: string;
  readonly type: string;
  readonly number: string;
  /** Whom the consumer passes it on to; null: nobody says. */
  readonly recipient: string | null;
  readonly state: string;
  readonly version: number;
  /** First news. */
  readonly at: number;
  readonly appliedAt: number | null;
}

export interface SideCursor {
  readonly at: string;
  readonly id: string;
}

export interface SideFilter {
  readonly flowId: string;
  readonly types: readonly string[];
  readonly consumer: string | null;
  /** Whom the consumer must pass them on to, and whether a delivery that names nobody is one of them; null: anybody. */
  readonly recipients: { readonly among: readonly string[]; readonly orNone: boolean } | null;
}

export interface Sides {
  page(
    filter: SideFilter,
    range: { from: number; after: SideCursor | null; limit: number },
  ): Promise<{ sides: Side[]; next: SideCursor | null }>;
  ofNumbers(filter: SideFilter, numbers: readonly string[], from: number): Promise<Side[]>;
  /** Which of these deliveries take no part; of one that is gone nobody can say. */
  strangers(filter: SideFilter, ids: readonly string[]): Promise<Set<string>>;
  firstAt(filter: SideFilter, from: number): Promise<number | null>;
  /** Newest content; in the place of personal data stand seals (domain/migration/seals.ts). */
  contents(ids: readonly string[]): Promise<Map<string, unknown>>;
}

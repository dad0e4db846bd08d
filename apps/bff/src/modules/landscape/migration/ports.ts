/** What the comparison asks of the messages module. */

/** A delivery as one side of a pair; instants in ms. */
export interface Side {
  readonly id: string;
  readonly messageId: string;
  readonly type: string;
  readonly number: string;
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
}

export interface Sides {
  page(
    filter: SideFilter,
    range: { from: number; after: SideCursor | null; limit: number },
  ): Promise<{ sides: Side[]; next: SideCursor | null }>;
  ofNumbers(filter: SideFilter, numbers: readonly string[], from: number): Promise<Side[]>;
  firstAt(filter: SideFilter, from: number): Promise<number | null>;
  /** Newest content; in the place of personal data stand seals (domain/migration/seals.ts). */
  contents(ids: readonly string[]): Promise<Map<string, unknown>>;
}

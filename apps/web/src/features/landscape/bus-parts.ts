/** What the tables of the bus page are given by the page. */

/** Names of what the page points to, by id. */
export interface Names {
  system(id: string): string;
  flow(id: string): string;
}

/** What is unfolded in one of the tables; lives in the address. */
export interface Unfolded {
  has(id: string): boolean;
  toggle(id: string): void;
}

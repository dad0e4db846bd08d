/** WebData of ELMA3: named items with a text value, a nested object or a list of objects. */
export interface WebData {
  readonly Items: readonly WebDataItem[];
  readonly Value: string | null;
}
export interface WebDataItem {
  readonly Name: string;
  readonly Value: string | null;
  readonly Data: WebData | null;
  readonly DataArray: readonly WebData[];
}

const item = (Name: string, more: Partial<WebDataItem>): WebDataItem => ({
  Name,
  Value: null,
  Data: null,
  DataArray: [],
  ...more,
});
export const webData = (...Items: WebDataItem[]): WebData => ({ Items, Value: null });
export const value = (name: string, text: string | null): WebDataItem => item(name, { Value: text });
export const nested = (name: string, data: WebData): WebDataItem => item(name, { Data: data });
export const many = (name: string, list: readonly WebData[]): WebDataItem => item(name, { DataArray: list });

/** Text values by name. */
export const valuesOf = (data: WebData): Map<string, string | null> =>
  new Map(data.Items.map(({ Name, Value }) => [Name, Value]));

/** `MM/dd/yyyy HH:mm:ss` in Moscow time, as .NET writes a date in the invariant culture. */
export function invariantDate(iso: string): string {
  const local = new Date(Date.parse(iso) + 3 * 3_600_000).toISOString();
  const [year, month, day] = local.slice(0, 10).split('-');
  return `${month}/${day}/${year} ${local.slice(11, 19)}`;
}

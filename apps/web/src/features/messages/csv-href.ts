import { messagesExport } from '@pult/shared/contracts/messages';

/** Address of the file that holds what the filter holds; with `ids` only those deliveries. */
export function csvHref(filter: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter))
    if (value !== undefined) query.set(name, Array.isArray(value) ? value.join(',') : String(value));
  return `${messagesExport.path}${query.size === 0 ? '' : `?${query}`}`;
}

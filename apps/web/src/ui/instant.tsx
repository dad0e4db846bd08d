import { formatInstant, formatMoment, formatRelative } from '../lib/format/instant.ts';

/** A moment: relative under an hour when asked, the full instant with its zone on hover. */
export function Instant({ value, relative = false }: { readonly value: string; readonly relative?: boolean }) {
  return (
    <time dateTime={value} title={formatInstant(value)} style={{ whiteSpace: 'nowrap' }}>
      {relative ? formatRelative(value) : formatMoment(value)}
    </time>
  );
}

import { formatEnds, formatInstant } from '../lib/format/instant.ts';

/** From one moment to another; each stays in one piece, its full instant on hover. */
export function Span({ from, to }: { readonly from: string; readonly to: string }) {
  const [start, end] = formatEnds(from, to);
  const first = (
    <time dateTime={from} title={formatInstant(from)} style={{ whiteSpace: 'nowrap' }}>
      {start}
    </time>
  );
  // Within one minute there is nothing to span.
  if (from.slice(0, 16) === to.slice(0, 16)) return first;
  return (
    <>
      {first}
      {' – '}
      <time dateTime={to} title={formatInstant(to)} style={{ whiteSpace: 'nowrap' }}>
        {end}
      </time>
    </>
  );
}

import { formatEnds, formatInstant } from '../lib/format/instant.ts';

/** From one moment to another; each stays in one piece, its full instant on hover. */
export function Span({ from, to }: { readonly from: string; readonly to: string }) {
  const [start, end] = formatEnds(from, to);
  return (
    <>
      <time dateTime={from} title={formatInstant(from)} style={{ whiteSpace: 'nowrap' }}>
        {start}
      </time>
      {' – '}
      <time dateTime={to} title={formatInstant(to)} style={{ whiteSpace: 'nowrap' }}>
        {end}
      </time>
    </>
  );
}

import { formatMoney } from '../lib/format/money.ts';

/** Roubles; short above a million with the exact value on hover. */
export function Money({ value }: { readonly value: string }) {
  return (
    <span title={formatMoney(value, { exact: true })} style={{ whiteSpace: 'nowrap' }}>
      {formatMoney(value)}
    </span>
  );
}

import { formatMoney } from '../lib/format/money.ts';

/** Roubles; short above a million with the exact value on hover, or always exact. */
export function Money({ value, exact = false }: { readonly value: string; readonly exact?: boolean }) {
  return (
    <span title={formatMoney(value, { exact: true })} style={{ whiteSpace: 'nowrap' }}>
      {formatMoney(value, { exact })}
    </span>
  );
}

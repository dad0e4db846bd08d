import { formatNumber } from '../../lib/format/number.ts';

const NARROW_SPACE = '\u202f';

/** Whole roubles where the head of the column says the unit. */
export const formatAmount = (amount: string | number): string =>
  `${Number(amount) < 0 ? '−' : ''}${formatNumber(Math.abs(Number(amount)))}`;

/** Whole roubles, never shortened: who decides compares amounts to the last thousand. */
export const formatRoubles = (amount: string | number): string => `${formatAmount(amount)}${NARROW_SPACE}₽`;

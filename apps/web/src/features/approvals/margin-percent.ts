import { numberFormat } from '../../lib/format/locale.ts';

/** One digit after the comma, always: «13,5 → 13,0 %» must not become «13,5 → 13 %». The sign stands in the text around. */
export const formatMarginPercent = (percent: number): string =>
  numberFormat({ minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(percent).replace('-', '−');

import { formatDecimal } from '../../lib/format/number.ts';

/** One digit after the comma, always: «13,5 → 13,0 %» must not become «13,5 → 13 %». The sign stands in the text around. */
export const formatMarginPercent = (percent: number): string => formatDecimal(percent, 1, 1).replace('-', '−');

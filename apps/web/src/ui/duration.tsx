import { formatLatency, formatWorking } from '../lib/format/duration.ts';

/** Wall time of machines, or working time of the SLA clock. */
export const Duration = ({ ms, working = false }: { readonly ms: number; readonly working?: boolean }) => (
  <span style={{ whiteSpace: 'nowrap' }}>{working ? formatWorking(ms) : formatLatency(ms)}</span>
);

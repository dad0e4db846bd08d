import type { ExchangeNode } from '@pult/shared/contracts/exchange-registers';
import { formatNumber } from '../../lib/format/number.ts';

/** Numbers of the messages that a node was sent and has not confirmed, «№ 4 682–4 688»; null where there are none. */
export function unconfirmedNumbers({ sentNo, receivedNo }: Pick<ExchangeNode, 'sentNo' | 'receivedNo'>): string | null {
  if (sentNo === null || receivedNo === null || sentNo <= receivedNo) return null;
  const [first, last] = [receivedNo + 1, sentNo].map((number) => formatNumber(number));
  return first === last ? `№\u00a0${last}` : `№\u00a0${first}–${last}`;
}

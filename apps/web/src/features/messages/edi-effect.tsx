import type { EdiSeenAnswer } from '@pult/shared/contracts/edi';
import { useTranslation } from 'react-i18next';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';

/** What an answer leaves of the order. */
export function Effect({ answer: { effect } }: { readonly answer: Pick<EdiSeenAnswer, 'effect'> }) {
  const { t } = useTranslation();
  if (effect === null) return null;
  const pieces = t('messages.edi.effect.pieces', {
    accepted: formatNumber(Number(effect.acceptedPieces), 3),
    ordered: formatNumber(Number(effect.orderedPieces), 3),
  });
  const money =
    effect.acceptedAmount === null || effect.orderedAmount === null
      ? ''
      : t('messages.edi.effect.money', {
          accepted: formatMoney(effect.acceptedAmount, { exact: true }),
          ordered: formatMoney(effect.orderedAmount, { exact: true }),
        });
  return (
    <small>
      {pieces}
      {money}
    </small>
  );
}

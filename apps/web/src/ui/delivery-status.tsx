import type { DeliveryState } from '@pult/shared/domain/delivery/summary';
import { useTranslation } from 'react-i18next';
import { StateChip } from './state-chip.tsx';
import type { StateName } from './tokens.ts';

/** Shape and colour of a delivery's state (domain.md, States of a delivery). */
export const DELIVERY_SHAPE: Readonly<Record<DeliveryState, StateName>> = {
  accepted: 'idle',
  sent: 'run',
  delivered: 'run',
  applied: 'ok',
  failed: 'bad',
  retrying: 'run',
  in_doubt: 'doubt',
  discarded: 'idle',
};

/** State of a delivery in the words of the screen. */
export function DeliveryStatus({ state }: { readonly state: DeliveryState }) {
  const { t } = useTranslation();
  return <StateChip state={DELIVERY_SHAPE[state]}>{t(`common.delivery.${state}`)}</StateChip>;
}

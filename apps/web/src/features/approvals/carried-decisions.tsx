import type { CarriedDecision } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatInstant, formatMoment } from '../../lib/format/instant.ts';
import { paths } from '../../lib/paths.ts';
import { usePermission } from '../../lib/session.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import css from './decision.module.css';

const SHAPE: Readonly<Record<CarriedDecision['state'], StateName>> = {
  on_way: 'run',
  arrived: 'ok',
  failed: 'bad',
  in_doubt: 'doubt',
  discarded: 'idle',
};

/** How far a decision made in one system got to the other, with the message that carries it. */
export function CarriedDecisions({ carried }: { readonly carried: readonly CarriedDecision[] }) {
  const { t } = useTranslation();
  const mayRead = usePermission('messages.read');
  if (carried.length === 0) return null;
  return (
    <ul className={css.deliveries} aria-label={t('approvals.made.delivery')}>
      {carried.map(({ system, state, at, error, deliveryId }) => (
        <li key={deliveryId}>
          <StateShape state={SHAPE[state]} />
          <p>
            <b>{t(`approvals.system.${system}`)}:</b> {t(`approvals.carried.${state}`)}
            {error && <>, {error}</>}{' '}
            {mayRead && <Link to={paths.message(deliveryId)}>{t('approvals.carried.message')}</Link>}
          </p>
          <time dateTime={at} title={formatInstant(at)}>
            {formatMoment(at)}
          </time>
        </li>
      ))}
    </ul>
  );
}

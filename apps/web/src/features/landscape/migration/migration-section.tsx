import type { FlowHealth } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../../lib/paths.ts';
import { oneOf, useUrlState } from '../../../lib/url-state.ts';
import { buttonLook } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import css from './migration.module.css';
import { MigrationCard } from './migration-card.tsx';
import { migrationQuery, shadowQuery } from './queries.ts';
import { RecentPairs } from './recent-pairs.tsx';
import { ShadowCard } from './shadow-card.tsx';

const URL_SPEC = { period: oneOf(['7d', '24h', 'all'], '7d') } as const;

/** The move of a flow to the bus on its page; on the page of the bus flow the way back to it. */
export function MigrationSection({
  flow,
  nameOf,
}: {
  readonly flow: FlowHealth;
  readonly nameOf: (flowId: string) => string;
}) {
  if (flow.migration === null) return null;
  return flow.migration.role === 'old' ? (
    <OldSide flowId={flow.id} />
  ) : (
    <BusSide partner={flow.migration.partner} name={nameOf(flow.migration.partner)} />
  );
}

function OldSide({ flowId }: { readonly flowId: string }) {
  const [{ period }, setUrl] = useUrlState(URL_SPEC);
  const migration = useQuery(migrationQuery(flowId));
  const shadow = useQuery(shadowQuery(flowId, period));
  return (
    <div className={css.section}>
      <MigrationCard flowId={flowId} />
      {migration.data && (
        <ShadowCard
          view={migration.data}
          report={shadow.data}
          error={shadow.error}
          onRetry={() => void shadow.refetch()}
          period={period}
          onPeriod={(next) => setUrl({ period: next })}
        />
      )}
      {shadow.data && shadow.data.recent.length > 0 && <RecentPairs flowId={flowId} rows={shadow.data.recent} />}
    </div>
  );
}

function BusSide({ partner, name }: { readonly partner: string; readonly name: string }) {
  const { t } = useTranslation();
  return (
    <Card title={t('migration.bus.title')}>
      <p className={css.busText}>{t('migration.bus.text', { name })}</p>
      <div className={css.foot}>
        <Link {...buttonLook()} to={paths.flow(partner)}>
          {t('migration.bus.open')}
        </Link>
      </div>
    </Card>
  );
}

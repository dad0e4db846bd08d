import type { ShadowPair } from '@pult/shared/contracts/migration';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatLatency } from '../../../lib/format/duration.ts';
import { paths } from '../../../lib/paths.ts';
import { Card } from '../../../ui/card.tsx';
import { Instant } from '../../../ui/instant.tsx';
import { PlainTable } from '../../../ui/plain-table.tsx';
import { StateShape } from '../../../ui/state-shape.tsx';
import css from './migration.module.css';
import { OUTCOME_STATE, usePairWords } from './wording.ts';

/** Последние сообщения with what each channel took and how they compare. */
export function RecentPairs({ flowId, rows }: { readonly flowId: string; readonly rows: readonly ShadowPair[] }) {
  const { t } = useTranslation();
  const words = usePairWords();
  return (
    <Card
      className={css.recent}
      title={
        <span className={css.head}>
          {t('migration.recent.title')} <small>{t('migration.recent.lead')}</small>
        </span>
      }
      extra={<Link to={paths.pairs(flowId)}>{t('migration.recent.all')}</Link>}
    >
      <PlainTable
        head={[
          t('migration.recent.time'),
          t('migration.recent.document'),
          t('migration.shadow.old'),
          t('migration.shadow.bus'),
          t('migration.recent.comparison'),
        ]}
      >
        {rows.map((pair) => (
          <tr key={pair.id}>
            <td>
              <Instant value={pair.at} />
            </td>
            <td>
              <Link to={paths.pairs(flowId, { q: pair.number })}>{pair.number}</Link>
            </td>
            <td>
              <PairSide side={pair.old} />
            </td>
            <td>
              <PairSide side={pair.bus} />
            </td>
            <td>
              <span className={css.outcome}>
                {pair.outcome !== 'same' && <StateShape state={OUTCOME_STATE[pair.outcome]} />}
                {words(pair)}
              </span>
            </td>
          </tr>
        ))}
      </PlainTable>
    </Card>
  );
}

const SIDE_STATE = { applied: 'ok', failed: 'bad', in_doubt: 'doubt', discarded: 'idle' } as const;

/** One channel of a pair: how long it took, or where the message lies; opens the message. */
export function PairSide({ side }: { readonly side: ShadowPair['old'] }) {
  const { t } = useTranslation();
  if (side === null)
    return (
      <span className={css.outcome}>
        <StateShape state="idle" /> {t('migration.shadow.nothing')}
      </span>
    );
  const state = SIDE_STATE[side.state as keyof typeof SIDE_STATE] ?? 'run';
  return (
    <Link className={css.outcome ?? ''} to={paths.message(side.deliveryId)}>
      <StateShape state={state} />
      {side.latencyMs === null ? t(`migration.pairs.state.${side.state as 'applied'}`) : formatLatency(side.latencyMs)}
    </Link>
  );
}

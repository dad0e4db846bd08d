import type { ExchangeBase, ExchangeNode } from '@pult/shared/contracts/exchange-registers';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../lib/format/number.ts';
import { Card } from '../../ui/card.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { StaleBadge } from '../../ui/stale-badge.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useSourceErrorText } from '../../ui/use-error-text.ts';
import { PlanLag } from './plan-nodes.tsx';
import css from './registers-page.module.css';
import { unconfirmedNumbers } from './unconfirmed-numbers.ts';

/** Nodes of the usual exchange before those of a plan of their own. */
const byPlan = (one: ExchangeNode, other: ExchangeNode): number =>
  Number(one.plan !== null) - Number(other.plan !== null);

/** Nodes of one base with their last runs; says honestly what could not be read and how old the rest is. */
export function RegisterNodes({ base, name }: { readonly base: ExchangeBase; readonly name: string }) {
  const { t } = useTranslation();
  const sourceError = useSourceErrorText();
  return (
    <Card
      className={css.card}
      title={name}
      extra={
        base.stale ? (
          base.freshAt ? (
            <StaleBadge at={base.freshAt} />
          ) : (
            <StateChip state="idle">{t('landscape.registers.neverRead')}</StateChip>
          )
        ) : (
          base.freshAt && (
            <span className={css.hint}>
              {t('landscape.registers.read')} <Instant value={base.freshAt} />
            </span>
          )
        )
      }
    >
      {base.error && (
        <p className={css.note} role="status">
          <StateShape state="bad" />
          <span>{t('landscape.registers.notRead', { text: sourceError(base.error, 'onec') })}</span>
        </p>
      )}
      {base.unpublished.length > 0 && (
        <p className={css.note}>
          <StateShape state="idle" />
          <span>{t('landscape.registers.unpublished', { names: base.unpublished.join(', ') })}</span>
        </p>
      )}
      {base.truncated && (
        <p className={css.note}>
          <StateShape state="warn" />
          <span>{t('landscape.registers.truncated')}</span>
        </p>
      )}
      {base.nodes.length === 0 ? (
        <p className={css.empty}>{t('landscape.registers.noNodes')}</p>
      ) : (
        <PlainTable
          head={[
            t('landscape.registers.node'),
            t('landscape.registers.export'),
            t('landscape.registers.import'),
            t('landscape.registers.numbers'),
          ]}
        >
          {[...base.nodes].sort(byPlan).map((node) => (
            <tr key={node.ref}>
              <td className={css.node}>
                <b>{node.name || node.code || node.ref}</b>
                {(node.plan ?? node.code) && (
                  <small>{[node.code, node.plan?.set.replace('ExchangePlan_', '')].filter(Boolean).join(' · ')}</small>
                )}
              </td>
              <td className={css.runCell}>
                <Run run={node.export} />
              </td>
              <td className={css.runCell}>
                <Run run={node.import} />
              </td>
              <td className={css.numbers}>
                {node.sentNo === null ? '—' : formatNumber(node.sentNo)} /{' '}
                {node.receivedNo === null ? '—' : formatNumber(node.receivedNo)}
                {node.plan ? (
                  <small className={css.plan}>
                    <PlanLag node={node} plan={node.plan} />
                  </small>
                ) : (
                  <Lag node={node} />
                )}
              </td>
            </tr>
          ))}
        </PlainTable>
      )}
    </Card>
  );
}

const STATES = {
  done: 'ok',
  done_with_warnings: 'warn',
  already_received: 'warn',
  cancelled: 'idle',
  failed: 'bad',
  transport_failed: 'bad',
} as const;

function Run({ run }: { readonly run: ExchangeNode['export'] }) {
  const { t } = useTranslation();
  if (!run) return <>—</>;
  const failed = STATES[run.result] === 'bad';
  return (
    <>
      <span className={css.run}>
        <StateShape state={STATES[run.result]} />
        <span>
          {t(`landscape.registers.result.${run.result}`)}
          {run.endedAt && (
            <>
              , <Instant value={run.endedAt} />
            </>
          )}
        </span>
      </span>
      {failed && (
        <small>
          {run.succeededAt ? (
            <>
              {t('landscape.registers.lastSuccess')} <Instant value={run.succeededAt} />
            </>
          ) : (
            t('landscape.registers.neverSucceeded')
          )}
        </small>
      )}
    </>
  );
}

/** Messages that were sent to the node and that it has not confirmed. */
function Lag({ node }: { readonly node: ExchangeNode }) {
  const { t } = useTranslation();
  const lag = (node.sentNo ?? 0) - (node.receivedNo ?? 0);
  const numbers = unconfirmedNumbers(node);
  if (numbers === null || lag <= 1) return null;
  return <small>{t('landscape.registers.lag', { count: lag, numbers })}</small>;
}

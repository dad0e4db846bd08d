import type { ExchangeNode } from '@pult/shared/contracts/exchange-registers';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../lib/format/number.ts';
import { Card } from '../../ui/card.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { registersQuery } from './queries.ts';
import { unconfirmedNumbers } from './unconfirmed-numbers.ts';

interface PlanNodesProps {
  readonly flowId: string;
  readonly className?: string | undefined;
  readonly nameOf: (systemId: string) => string;
}

/** Exchange plans that carry a flow: what each node was sent, what it confirmed, how the lag moved within a day. */
export function PlanNodes({ flowId, className, nameOf }: PlanNodesProps) {
  const { t } = useTranslation();
  const { data } = useQuery(registersQuery('false'));
  const rows = (data?.bases ?? []).flatMap((base) =>
    base.nodes.flatMap((node) => (node.plan?.flowId === flowId ? [{ base, node, plan: node.plan }] : [])),
  );
  if (rows.length === 0) return null;
  return (
    <Card className={className} title={t('landscape.plan.title')}>
      <PlainTable
        head={[
          t('landscape.registers.base'),
          t('landscape.registers.node'),
          t('landscape.registers.numbers'),
          t('landscape.plan.lag'),
          t('landscape.plan.exchanged'),
        ]}
      >
        {rows.map(({ base, node, plan }) => (
          <tr key={`${base.systemId}/${node.ref}`}>
            <td>{nameOf(base.systemId)}</td>
            <td>
              {node.name || node.code}
              <small>{plan.set.replace('ExchangePlan_', '')}</small>
            </td>
            <td>
              {node.sentNo === null ? '—' : formatNumber(node.sentNo)} /{' '}
              {node.receivedNo === null ? '—' : formatNumber(node.receivedNo)}
            </td>
            <td>
              <PlanLag node={node} plan={plan} />
            </td>
            <td>{plan.exchangedAt ? <Instant value={plan.exchangedAt} /> : '—'}</td>
          </tr>
        ))}
      </PlainTable>
    </Card>
  );
}

/** Lag of a node with its judgement and how it moved. */
export function PlanLag({
  node,
  plan,
}: {
  readonly node: Pick<ExchangeNode, 'sentNo' | 'receivedNo'>;
  readonly plan: NonNullable<ExchangeNode['plan']>;
}) {
  const { t } = useTranslation();
  const numbers = unconfirmedNumbers(node);
  return (
    <>
      <StateShape state={plan.confirms ? 'ok' : 'warn'} />{' '}
      {plan.confirms
        ? t('landscape.plan.confirms', { count: plan.lag })
        : t('landscape.plan.silent', { count: plan.lag, limit: plan.lagWarn })}
      {numbers && ` (${numbers})`}
      {plan.history.some(({ lag }) => lag > 0) && (
        <Sparkline
          slots={24}
          values={plan.history.map(({ lag }) => lag)}
          label={t('landscape.plan.history')}
          tone={plan.confirms ? 'idle' : 'bad'}
        />
      )}
    </>
  );
}

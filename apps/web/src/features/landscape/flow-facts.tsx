import type { FlowHealth } from '@pult/shared/contracts/landscape';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { Instant } from '../../ui/instant.tsx';
import css from './panel.module.css';
import { usePaceText, useRuleText } from './wording.ts';

export function Facts({ rows }: { readonly rows: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className={css.facts}>
      {rows.map(([label, value]) => (
        <div key={label} className={css.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The facts of one flow that the panel and the flow's page share. */
export function useFlowFacts(flow: FlowHealth, nameOf: (systemId: string) => string): [string, ReactNode][] {
  const { t } = useTranslation();
  const pace = usePaceText();
  const ruleText = useRuleText();
  const rows: [string, ReactNode][] = [[t('landscape.panel.fired'), ruleText(flow.rule, nameOf)]];
  if (!flow.watched) return rows;
  const { text, usual } = pace.withUsual(flow.traffic);
  rows.push(
    [
      t('landscape.panel.lastApplied'),
      flow.lastAppliedAt ? <Instant key="at" value={flow.lastAppliedAt} /> : t('landscape.panel.never'),
    ],
    [
      t('landscape.panel.waiting'),
      flow.waiting === 0 ? (
        t('landscape.panel.none')
      ) : (
        <Link
          key="waiting"
          to={`/messages?tab=all&flow=${flow.id}&state=accepted,sent,delivered,failed,retrying,in_doubt`}
        >
          {flow.waiting}
          {Number(flow.waitingAmount) > 0 && ` · ${formatMoney(flow.waitingAmount)}`}
        </Link>
      ),
    ],
    [
      t('landscape.panel.latency'),
      flow.latencyP95Ms === null ? t('landscape.panel.none') : formatLatency(flow.latencyP95Ms),
    ],
    [
      t('landscape.panel.rate'),
      <span key="rate">
        {text} {usual !== null && <small>{usual}</small>}
      </span>,
    ],
  );
  if (flow.cadence?.expectedAt)
    rows.push([t('landscape.panel.expected'), <Instant key="expected" value={flow.cadence.expectedAt} />]);
  if (flow.owner) rows.push([t('landscape.panel.owner'), flow.owner]);
  return rows;
}

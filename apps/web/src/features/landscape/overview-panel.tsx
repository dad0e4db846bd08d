import type { AttentionItem, FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatRelative } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Instant } from '../../ui/instant.tsx';
import { QuietChip } from '../../ui/quiet-chip.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useSourceErrorText } from '../../ui/use-error-text.ts';
import { Facts, useFlowFacts } from './flow-facts.tsx';
import { worst } from './map-model.ts';
import css from './panel.module.css';
import { flowQuery } from './queries.ts';
import { usePaceText, useRuleText } from './wording.ts';

export interface OverviewPanelProps {
  readonly selected: string | null;
  readonly systems: readonly SystemHealth[];
  readonly flows: readonly FlowHealth[];
  readonly attention: readonly AttentionItem[];
  readonly onSelect: (what: string | null) => void;
}

/** Panel beside the map: the chosen flow or system, its rule, numbers and the way on. */
export function OverviewPanel({ selected, systems, flows, attention, onSelect }: OverviewPanelProps) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const nameOf = (id: string) => systems.find((system) => system.id === id)?.title[language] ?? id;
  const [kind, id] = selected?.split(':') ?? [];
  const flow = kind === 'flow' ? flows.find((one) => one.id === id) : undefined;
  if (flow) return <FlowPanel flow={flow} nameOf={nameOf} onClose={() => onSelect(null)} />;
  const group = kind === 'system' ? systems.filter((system) => (system.group ?? system.id) === id) : [];
  if (group.length > 0)
    return <SystemPanel systems={group} flows={flows} attention={attention} nameOf={nameOf} onSelect={onSelect} />;
  return (
    <Card>
      <div className={css.panel}>
        <p className={css.hint}>{t('landscape.panel.empty')}</p>
      </div>
    </Card>
  );
}

function CloseButton({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Button type="text" size="small" aria-label={t('landscape.panel.close')} onClick={onClose}>
      ×
    </Button>
  );
}

function FlowPanel({
  flow,
  nameOf,
  onClose,
}: {
  flow: FlowHealth;
  nameOf: (id: string) => string;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const facts = useFlowFacts(flow, nameOf);
  const { data } = useQuery({ ...flowQuery(flow.id), enabled: flow.watched });
  return (
    <Card
      title={
        <>
          <StateShape state={flow.status} /> {flow.title[language]}
        </>
      }
      extra={<CloseButton onClose={onClose} />}
    >
      <div className={css.panel}>
        {flow.quiet && <QuietChip quiet={flow.quiet} />}
        <Facts rows={facts} />
        {flow.watched && <Sparkline values={flow.spark} label={t('landscape.flows.spark')} />}
        <div className={css.actions}>
          {flow.watched && (
            <Link {...buttonLook()} to={`/messages?tab=causes&flow=${flow.id}`}>
              {t('landscape.panel.toMessages')}
            </Link>
          )}
          <Link {...buttonLook()} to={paths.flow(flow.id)}>
            {t('landscape.panel.openFlow')}
          </Link>
        </div>
        {data && data.oldest.length > 0 && (
          <section>
            <h3 className={css.heading}>{t('landscape.panel.oldest')}</h3>
            <ul className={css.rows}>
              {data.oldest.slice(0, 4).map((one) => (
                <li key={one.id}>
                  <Link className={css.grow} to={paths.message(one.id)}>
                    {one.number}
                  </Link>
                  {one.amount && <span>{formatMoney(one.amount)}</span>}
                  <span className={css.age}>{formatRelative(one.since)}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </Card>
  );
}

function SystemPanel(props: {
  systems: readonly SystemHealth[];
  flows: readonly FlowHealth[];
  attention: readonly AttentionItem[];
  nameOf: (id: string) => string;
  onSelect: (what: string | null) => void;
}) {
  const { t, i18n } = useTranslation();
  const sourceError = useSourceErrorText();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const pace = usePaceText();
  const ruleText = useRuleText();
  const { systems } = props;
  // Of a group the member that is worst off speaks.
  const status = worst(systems.map((system) => system.status));
  const first = systems.find((system) => system.status === status);
  if (!first) return null;
  const own = systems.map(({ id }) => id);
  const { connection } = first;
  const connectionRows: [string, ReactNode][] = connection
    ? [
        [
          t('landscape.panel.connection'),
          t('landscape.panel.inFlight', { count: connection.inFlight, limit: connection.concurrency }),
        ],
        [
          t('landscape.panel.answer'),
          connection.latencyP95Ms === null ? t('landscape.panel.none') : formatLatency(connection.latencyP95Ms),
        ],
        [
          t('landscape.panel.lastOk'),
          connection.lastOkAt ? <Instant key="ok" value={connection.lastOkAt} /> : t('landscape.panel.never'),
        ],
        ...(connection.lastError && connection.lastErrorAt
          ? ([
              [
                t('landscape.panel.lastError'),
                <span key="error" className={css.said}>
                  <Instant value={connection.lastErrorAt} />: {sourceError(connection.lastError)}
                </span>,
              ],
            ] as [string, ReactNode][])
          : []),
      ]
    : [];
  // What the 1С base itself says about its exchanges; the line stands only when there is something to open.
  const problems = props.attention.filter(
    ({ kind, data }) => kind.startsWith('exchange_') && own.includes(String(data.systemId)),
  );
  const unexchanged = problems.reduce((sum, { data }) => sum + Number(data.count ?? 0), 0);
  const registerRows: [string, ReactNode][] = problems.slice(0, 1).map(({ link }) => [
    t('landscape.panel.registers'),
    <Link key="registers" to={link}>
      {unexchanged > 0
        ? t('landscape.panel.registersText', { count: unexchanged })
        : t('landscape.attention.action.registers')}
    </Link>,
  ]);
  const busRows = ({ kind, bus, service }: SystemHealth): [string, ReactNode][] => [
    ...(service?.freshAt
      ? ([
          [
            t('landscape.panel.instances'),
            t('landscape.map.instances', { up: service.up, expected: service.expected }),
          ],
        ] as [string, ReactNode][])
      : []),
    ...(bus || kind === 'bus'
      ? ([
          [
            t('landscape.panel.bus'),
            <Link key="bus" to={paths.bus()}>
              {bus?.lag == null
                ? t('landscape.panel.toBus')
                : bus.withoutConsumer.length > 0
                  ? t('landscape.map.noConsumer')
                  : t(`landscape.map.lag.${bus.forecast.kind}`, { value: formatNumber(bus.lag) })}
            </Link>,
          ],
        ] as [string, ReactNode][])
      : []),
  ];
  // The worst first: of a wide landscape a system may have dozens.
  const flows = props.flows
    .filter((flow) => [...flow.from, ...flow.to].some((id) => own.includes(id)))
    .sort((one, other) =>
      one.status === other.status ? 0 : worst([one.status, other.status]) === one.status ? -1 : 1,
    );
  const groupName = t('landscape.map.group', {
    title: first.title[language].replace(/,.*/, ''),
    count: systems.length,
  });
  // Members of a group may send different things: all that send anything are asked for together.
  const senders = own.filter((id) => flows.some(({ watched, from }) => watched && from.includes(id)));
  return (
    <Card
      title={
        <>
          <StateShape state={status} /> {systems.length > 1 ? groupName : first.title[language]}
        </>
      }
      extra={<CloseButton onClose={() => props.onSelect(null)} />}
    >
      <div className={css.panel}>
        {first.quiet && <QuietChip quiet={first.quiet} />}
        <Facts
          rows={[
            [
              t('landscape.panel.fired'),
              systems.length > 1 && status !== 'ok'
                ? `${first.title[language]}: ${ruleText(first.rule, props.nameOf)}`
                : ruleText(first.rule, props.nameOf),
            ],
            ...(first.connected
              ? ([
                  [
                    t('landscape.panel.fresh'),
                    first.freshAt ? <Instant key="fresh" value={first.freshAt} /> : t('landscape.panel.never'),
                  ],
                  [t('landscape.panel.rate'), pace.ways(first.incoming, first.outgoing)],
                ] as const)
              : []),
            ...busRows(first),
            ...connectionRows,
            ...registerRows,
            ...(first.owner ? ([[t('landscape.panel.owner'), first.owner]] as const) : []),
          ]}
        />
        {systems.length > 1 && (
          <section>
            <h3 className={css.heading}>{t('landscape.panel.members')}</h3>
            <ul className={css.rows}>
              {systems.map((one) => (
                <li key={one.id}>
                  <StateShape state={one.status} />
                  <span className={css.grow}>{one.title[language]}</span>
                  <span className={css.age}>{t(`landscape.status.${one.status}`)}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
        {first.kind !== 'bus' && senders.length > 0 && (
          <div className={css.actions}>
            <Link {...buttonLook()} to={paths.messages(`?tab=all&source=${senders.join(',')}`)}>
              {t('landscape.panel.sentMessages')}
            </Link>
          </div>
        )}
        <section>
          <h3 className={css.heading}>{t('landscape.panel.flows')}</h3>
          <ul className={css.rows}>
            {flows.map((flow) => (
              <li key={flow.id}>
                <StateShape state={flow.status} />
                <Button
                  type="link"
                  size="small"
                  className={css.grow ?? ''}
                  onClick={() => props.onSelect(`flow:${flow.id}`)}
                >
                  <span className={css.cut}>{flow.title[language]}</span>
                </Button>
                {flow.watched && <span className={css.age}>{pace.text(flow.traffic)}</span>}
              </li>
            ))}
          </ul>
        </section>
      </div>
    </Card>
  );
}

import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { sumTraffic } from '@pult/shared/domain/metrics/pace';
import type { NodeProps } from '@xyflow/react';
import { memo, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../lib/format/number.ts';
import { QuietChip } from '../../ui/quiet-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './flow-map.module.css';
import { LevelContext, MapActionsContext } from './map-actions.ts';
import type { SystemNode } from './map-elements.ts';
import { groupState, memberName } from './map-group.ts';
import { type MapNode, showsConnection } from './map-model.ts';
import { usePaceText } from './wording.ts';

/** A system, or the systems of a group, on the map; from far away only its name for those who do not see, and its colour. */
export const SystemNodeView = memo(function SystemNodeView({ data, selected }: NodeProps<SystemNode>) {
  const { t, i18n } = useTranslation();
  const level = useContext(LevelContext);
  const actions = useContext(MapActionsContext);
  const far = level === 'far';
  const { node } = data;
  const [first] = node.systems;
  if (!first) return null;
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const title =
    node.systems.length > 1
      ? t('landscape.map.group', { title: first.title[language].replace(/,.*/, ''), count: node.systems.length })
      : first.title[language];
  return (
    <button
      type="button"
      className={css.node}
      style={{ minHeight: node.height }}
      data-status={node.status ?? undefined}
      data-selected={selected}
      title={far ? title : undefined}
      aria-pressed={selected}
      aria-description={node.status === null ? t('landscape.map.offBus') : t(`landscape.status.${node.status}`)}
      onClick={() => actions.select(`system:${node.id}`)}
    >
      {/* The library draws no line to a node in which it finds no ends; where they really are stands in the line. */}
      <i className="source" hidden />
      <i className="target" hidden />
      <span className={css.title}>
        <span>{title}</span>
        {!far && node.status !== null && node.status !== 'ok' && <StateShape state={node.status} />}
      </span>
      {level === 'near' && <NodeWords node={node} first={first} />}
    </button>
  );
});

function NodeWords({ node, first }: { readonly node: MapNode; readonly first: SystemHealth }) {
  const { t } = useTranslation();
  const load = useLoad();
  if (node.status === null) return <span className={css.sub}>{t('landscape.map.offBus')}</span>;
  return node.systems.length > 1 ? (
    <GroupWords systems={node.systems} load={load} />
  ) : (
    <OneWords first={first} load={load} />
  );
}

type Load = (systems: readonly SystemHealth[]) => string;

/** What comes and what goes, over all of them; one unit for both ways, so that they can be compared and fit the node. */
function useLoad(): Load {
  const pace = usePaceText();
  return (systems) =>
    pace.ways(sumTraffic(systems.map(({ incoming }) => incoming)), sumTraffic(systems.map(({ outgoing }) => outgoing)));
}

/** Systems of a group: how many of them work, and which do not. */
function GroupWords({ systems, load }: { readonly systems: readonly SystemHealth[]; readonly load: Load }) {
  const { t, i18n } = useTranslation();
  const { working, ill } = groupState(systems);
  const [worst] = ill;
  const names = ill.map(({ title }) => memberName(title[i18n.language === 'en' ? 'en' : 'ru'])).join(', ');
  const who = worst && t('landscape.map.members', { state: t(`landscape.status.${worst.status}`), names });
  return (
    <>
      <span className={css.sub}>{t('landscape.map.working', { count: working, of: systems.length })}</span>
      <span className={css.sub} title={who}>
        {worst?.quiet ? <QuietChip quiet={worst.quiet} short /> : (who ?? load(systems))}
      </span>
    </>
  );
}

function OneWords({ first, load }: { readonly first: SystemHealth; readonly load: Load }) {
  const { t } = useTranslation();
  const [ownFigure = null, secondFigure = null] = useOwnFigures(first);
  const sub = !first.connected
    ? t('landscape.rule.not_connected')
    : first.rule.code === 'system_down'
      ? t(first.rule.data.loginUntil === undefined ? 'landscape.rule.system_down' : 'landscape.rule.login_refused')
      : (ownFigure ?? load([first]));
  return (
    <>
      <span className={css.sub}>{first.quiet ? <QuietChip quiet={first.quiet} short /> : sub}</span>
      {secondFigure && <span className={css.sub}>{secondFigure}</span>}
      {first.connection && showsConnection(first) && (
        <span className={css.sub}>
          {t('landscape.map.inFlight', { count: first.connection.inFlight, limit: first.connection.concurrency })}
        </span>
      )}
    </>
  );
}

/** What a system of the bus says of itself: instances that are up, the lag with its direction; nothing for the others. */
function useOwnFigures({ bus, service }: SystemHealth): string[] {
  const { t } = useTranslation();
  const instances = service?.freshAt
    ? t('landscape.map.instances', { up: service.up, expected: service.expected })
    : null;
  const lag =
    bus === null || bus.lag === null
      ? null
      : bus.withoutConsumer.length > 0
        ? t('landscape.map.noConsumer')
        : t(`landscape.map.lag.${bus.forecast.kind}`, { value: formatNumber(bus.lag) });
  return [instances, lag].filter((one) => one !== null);
}

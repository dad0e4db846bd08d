import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { formatShare } from '../../lib/format/number.ts';
import css from './flow-map.module.css';
import { LevelContext, MapActionsContext } from './map-actions.ts';
import type { FlowEdge } from './map-elements.ts';
import { type MapEdge, worstFlow } from './map-model.ts';
import { usePaceText } from './wording.ts';

/** The flows between two nodes: one line with the worst of them in words. */
export const FlowEdgeView = memo(function FlowEdgeView({ data, selected = false }: EdgeProps<FlowEdge>) {
  const actions = useContext(MapActionsContext);
  const level = useContext(LevelContext);
  const labelText = useLabelText();
  if (!data) return null;
  const { edge, line, label } = data;
  const flow = worstFlow(edge);
  const moving = edge.status === 'ok' && edge.perMinute > 0;
  const text = labelText(edge.label);
  return (
    <>
      <BaseEdge
        path={line.d}
        className={moving ? 'pult-edge-moving' : undefined}
        style={edge.quiet ? QUIET : strokeOf(edge)}
      />
      {text && flow && label && (
        <EdgeLabelRenderer>
          <button
            type="button"
            className={css.label}
            data-status={edge.status}
            data-selected={selected}
            style={{ transform: `translate(-50%, -50%) translate(${label[0]}px, ${label[1]}px)` }}
            aria-label={level === 'mid' ? text : undefined}
            onClick={() => actions.select(`flow:${flow.id}`)}
            onDoubleClick={() => actions.openFlow(flow.id)}
          >
            {level === 'mid' ? labelText(edge.label, 'short') : text}
          </button>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

/** Stands there for orientation. */
const QUIET = { stroke: 'var(--line-strong)', strokeWidth: 1 } as const;

const DASHES: Partial<Record<MapEdge['status'], string>> = { bad: '6 4', warn: '2 4', idle: '3 4' };
const strokeOf = ({ status, perMinute }: MapEdge) => ({
  stroke: `var(--${status === 'idle' ? 'line-strong' : status})`,
  strokeWidth: Math.min(4, 1.25 + Math.log10(1 + perMinute)),
  strokeDasharray: DASHES[status],
  strokeOpacity: status === 'idle' ? 0.8 : 1,
});

/** Words of a line; `short`: as they are read from further away, where a number says enough: its colour says of what. */
function useLabelText(): (label: MapEdge['label'], length?: 'full' | 'short') => string | null {
  const { t } = useTranslation();
  const pace = usePaceText();
  return (label, length = 'full') => {
    if (label === null) return null;
    if (length === 'short' && 'count' in label) return String(label.count);
    switch (label.kind) {
      case 'rate':
        return pace.text(label.traffic);
      case 'silent':
        return t('landscape.map.silent');
      case 'noConsumer':
        return t(length === 'short' ? 'landscape.map.noConsumerShort' : 'landscape.map.noConsumer');
      case 'status':
        return t(`landscape.status.${label.status}`);
      case 'stage':
        return t(`landscape.map.stage.${label.stage}`);
      case 'compared': {
        const stage = t(`landscape.stage.${label.stage}`);
        if (label.share === null) return stage;
        const key = label.stage === 'shadow' ? 'compared' : 'comparedShort';
        return t(`landscape.map.${key}`, { stage, share: formatShare(label.share) });
      }
      default:
        return t(`landscape.map.${label.kind}`, { count: label.count });
    }
  };
}

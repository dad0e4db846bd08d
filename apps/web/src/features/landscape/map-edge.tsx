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
  const { edge, line } = data;
  const flow = worstFlow(edge);
  const moving = edge.status === 'ok' && edge.perMinute > 0;
  const text = labelText(edge.label);
  return (
    <>
      <BaseEdge
        path={line.d}
        className={moving ? 'pult-edge-moving' : undefined}
        style={{
          stroke: `var(--${edge.status === 'idle' ? 'line-strong' : edge.status})`,
          strokeWidth: Math.min(4, 1.25 + Math.log10(1 + edge.perMinute)),
          strokeDasharray:
            edge.status === 'bad' ? '6 4' : edge.status === 'warn' ? '2 4' : edge.status === 'idle' ? '3 4' : undefined,
          strokeOpacity: edge.status === 'idle' ? 0.8 : 1,
        }}
      />
      {text && flow && (
        <EdgeLabelRenderer>
          <button
            type="button"
            className={css.label}
            data-status={edge.status}
            data-selected={selected}
            style={{ transform: `translate(-50%, -50%) translate(${line.labelX}px, ${line.labelY}px)` }}
            aria-label={level === 'mid' ? text : undefined}
            onClick={() => actions.select(`flow:${flow.id}`)}
            onDoubleClick={() => actions.openFlow(flow.id)}
          >
            {level === 'mid' ? (shortText(edge.label) ?? text) : text}
          </button>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

/** From further away a number says enough: its colour says of what. */
const shortText = (label: MapEdge['label']): string | null =>
  label !== null && 'count' in label ? String(label.count) : null;

function useLabelText(): (label: MapEdge['label']) => string | null {
  const { t } = useTranslation();
  const pace = usePaceText();
  return (label) => {
    if (label === null) return null;
    switch (label.kind) {
      case 'rate':
        return pace.text(label.traffic);
      case 'silent':
        return t('landscape.map.silent');
      case 'noConsumer':
        return t('landscape.map.noConsumer');
      case 'status':
        return t(`landscape.status.${label.status}`);
      case 'compared': {
        const stage = t(`landscape.stage.${label.stage}`);
        return label.share === null ? stage : t('landscape.map.compared', { stage, share: formatShare(label.share) });
      }
      default:
        return t(`landscape.map.${label.kind}`, { count: label.count });
    }
  };
}

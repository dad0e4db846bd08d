import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber, formatShare } from '../../lib/format/number.ts';
import { QuietChip } from '../../ui/quiet-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './flow-map.module.css';
import { type MapEdge, type MapNode, mapModel, NODE_WIDTH, showsConnection } from './map-model.ts';
import { useRate } from './wording.ts';

export interface FlowMapProps {
  readonly systems: readonly SystemHealth[];
  readonly flows: readonly FlowHealth[];
  /** `system:<id>` or `flow:<id>`; null when nothing is chosen. */
  readonly selected: string | null;
  readonly onSelect: (what: string | null) => void;
  readonly onOpenFlow: (flowId: string) => void;
}

type SystemNode = Node<{ node: MapNode; selected: boolean }, 'system'>;
type FlowEdge = Edge<
  {
    edge: MapEdge;
    shift: number;
    selected: boolean;
    onSelect: (flowId: string) => void;
    onOpen: (flowId: string) => void;
  },
  'flow'
>;

const nodeTypes = { system: SystemNodeView };
const edgeTypes = { flow: FlowEdgeView };
/** Labels of two opposite flows stand one above the other, px. */
const LABEL_SHIFT = 12;
const SIDES = ['left', 'right', 'top', 'bottom'] as const;
const POSITION = { left: Position.Left, right: Position.Right, top: Position.Top, bottom: Position.Bottom };

/** The flow map: places come from the landscape file, so nothing jumps when numbers change. */
export function FlowMap({ systems, flows, selected, onSelect, onOpenFlow }: FlowMapProps) {
  const { t } = useTranslation();
  const model = useMemo(() => mapModel(systems, flows), [systems, flows]);
  const nodes = useMemo(
    () =>
      model.nodes.map(
        (node): SystemNode => ({
          id: node.id,
          type: 'system',
          position: { x: node.x, y: node.y },
          width: NODE_WIDTH,
          height: node.height,
          data: { node, selected: selected === `system:${node.id}` },
        }),
      ),
    [model, selected],
  );
  const edges = useMemo(() => {
    const at = new Map(model.nodes.map((node) => [node.id, node]));
    const both = new Set(model.edges.map(({ id }) => id));
    return model.edges.map((edge): FlowEdge => {
      const [sourceHandle, targetHandle] = sidesOf(at.get(edge.source), at.get(edge.target));
      return {
        id: edge.id,
        type: 'flow',
        source: edge.source,
        target: edge.target,
        sourceHandle,
        targetHandle,
        data: {
          edge,
          shift: both.has(`${edge.target}>${edge.source}`)
            ? edge.source < edge.target
              ? -LABEL_SHIFT
              : LABEL_SHIFT
            : 0,
          selected: edge.flows.some((flow) => selected === `flow:${flow.id}`),
          onSelect: (flowId) => onSelect(`flow:${flowId}`),
          onOpen: onOpenFlow,
        },
      };
    });
  }, [model, selected, onSelect, onOpenFlow]);

  return (
    <div className={css.map}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        fitView
        fitViewOptions={{ padding: '8px', maxZoom: 1.15 }}
        minZoom={0.4}
        maxZoom={1.6}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        zoomOnScroll={false}
        onNodeClick={(_, node) => onSelect(`system:${node.id}`)}
        onEdgeClick={(_, edge) => {
          const flow = worstFlow(edge.data?.edge);
          if (flow) onSelect(`flow:${flow.id}`);
        }}
        onEdgeDoubleClick={(_, edge) => {
          const flow = worstFlow(edge.data?.edge);
          if (flow) onOpenFlow(flow.id);
        }}
        onPaneClick={() => onSelect(null)}
        aria-label={t('landscape.map.label')}
      />
    </div>
  );
}

function worstFlow(edge: MapEdge | undefined): FlowHealth | undefined {
  return edge?.flows.find((flow) => flow.status === edge.status) ?? edge?.flows[0];
}

/** Lines leave where the other end lies; vertical neighbours use top and bottom. */
function sidesOf(source: MapNode | undefined, target: MapNode | undefined): [string, string] {
  if (!source || !target) return ['s-right', 't-left'];
  if (Math.abs(source.x - target.x) < NODE_WIDTH)
    return source.y < target.y ? ['s-bottom', 't-top'] : ['s-top', 't-bottom'];
  return source.x < target.x ? ['s-right', 't-left'] : ['s-left', 't-right'];
}

function SystemNodeView({ data }: NodeProps<SystemNode>) {
  const { t, i18n } = useTranslation();
  const { node } = data;
  // One unit for both ways, so that they can be compared and fit the node.
  const figure = (perMinute: number) => formatNumber(perMinute, perMinute < 1 ? 2 : 1);
  const [first] = node.systems;
  const [ownFigure = null, secondFigure = null] = useOwnFigures(first);
  if (!first) return null;
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const title =
    node.systems.length > 1
      ? t('landscape.map.group', { title: first.title[language].replace(/,.*/, ''), count: node.systems.length })
      : first.title[language];
  const sub = !first.connected
    ? t('landscape.rule.not_connected')
    : first.rule.code === 'system_down'
      ? t('landscape.rule.system_down')
      : (ownFigure ??
        t('landscape.map.load', { incoming: figure(first.inPerMinute), outgoing: figure(first.outPerMinute) }));
  return (
    <div
      className={css.node}
      style={{ minHeight: node.height }}
      data-status={node.status}
      data-selected={data.selected}
    >
      {SIDES.map((side) => (
        <span key={side}>
          <Handle id={`s-${side}`} type="source" position={POSITION[side]} className={css.handle} />
          <Handle id={`t-${side}`} type="target" position={POSITION[side]} className={css.handle} />
        </span>
      ))}
      <div className={css.title}>
        {title}
        {node.status !== 'ok' && <StateShape state={node.status} />}
      </div>
      <div className={css.sub}>{first.quiet ? <QuietChip quiet={first.quiet} short /> : sub}</div>
      {secondFigure && <div className={css.sub}>{secondFigure}</div>}
      {node.systems.length === 1 && first.connection && showsConnection(first) && (
        <div className={css.sub}>
          {t('landscape.panel.inFlight', { count: first.connection.inFlight, limit: first.connection.concurrency })}
        </div>
      )}
    </div>
  );
}

/** What a system of the bus says of itself: instances that are up, the lag with its direction; nothing for the others. */
function useOwnFigures(system: SystemHealth | undefined): string[] {
  const { t } = useTranslation();
  if (!system) return [];
  const { bus, service } = system;
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

function useLabelText(): (label: MapEdge['label']) => string | null {
  const { t } = useTranslation();
  const rate = useRate();
  return (label) => {
    if (label === null) return null;
    switch (label.kind) {
      case 'rate':
        return rate(label.perMinute);
      case 'silent':
        return t('landscape.map.silent');
      case 'compared': {
        const stage = t(`landscape.stage.${label.stage}`);
        return label.share === null ? stage : t('landscape.map.compared', { stage, share: formatShare(label.share) });
      }
      default:
        return t(`landscape.map.${label.kind}`, { count: label.count });
    }
  };
}

function FlowEdgeView(props: EdgeProps<FlowEdge>) {
  const labelText = useLabelText();
  const [path, labelX, labelY] = getBezierPath(props);
  const { data } = props;
  if (!data) return null;
  const { edge } = data;
  const flow = worstFlow(edge);
  const moving = edge.status === 'ok' && edge.perMinute > 0;
  const text = labelText(edge.label);
  return (
    <>
      <BaseEdge
        path={path}
        className={moving ? 'pult-edge-moving' : undefined}
        style={{
          stroke: `var(--${edge.status === 'idle' ? 'line-strong' : edge.status})`,
          strokeWidth: Math.min(4, 1.25 + Math.log10(1 + edge.perMinute)),
          strokeDasharray:
            edge.status === 'bad' ? '6 4' : edge.status === 'warn' ? '2 4' : edge.status === 'idle' ? '3 4' : undefined,
          opacity: edge.status === 'idle' ? 0.8 : 1,
        }}
      />
      {text && flow && (
        <EdgeLabelRenderer>
          <button
            type="button"
            className={css.label}
            data-status={edge.status}
            data-selected={data.selected}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY + data.shift}px)` }}
            onClick={() => data.onSelect(flow.id)}
            onDoubleClick={() => data.onOpen(flow.id)}
          >
            {text}
          </button>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

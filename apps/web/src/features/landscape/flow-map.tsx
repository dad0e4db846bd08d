import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import {
  getNodesBounds,
  getViewportForBounds,
  ReactFlow,
  ReactFlowProvider,
  type Transform,
  useStore,
  useStoreApi,
  type Viewport,
  ViewportPortal,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMedia } from '../../lib/preferences.ts';
import css from './flow-map.module.css';
import { LevelContext, type MapActions, MapActionsContext, type MapLevel } from './map-actions.ts';
import { FlowEdgeView } from './map-edge.tsx';
import {
  type FlowEdge,
  isWide,
  type MapElements,
  mapElements,
  NO_ELEMENTS,
  type SystemNode,
  speaksForItself,
} from './map-elements.ts';
import { farPaths, pathsOf } from './map-far.ts';
import { lineAt } from './map-hit.ts';
import { type MapModel, mapModel, worstFlow } from './map-model.ts';
import { SystemNodeView } from './map-node.tsx';
import type { MapView } from './map-view.ts';

export interface FlowMapProps {
  readonly systems: readonly SystemHealth[];
  readonly flows: readonly FlowHealth[];
  readonly view: MapView;
  /** `system:<id>` or `flow:<id>`; null when nothing is chosen. */
  readonly selected: string | null;
  readonly onSelect: (what: string | null) => void;
  readonly onOpenFlow: (flowId: string) => void;
}

const nodeTypes = { system: SystemNodeView };
const edgeTypes = { flow: FlowEdgeView };
/** Below this zoom no word can be read: nodes are colours, lines a few paths. */
const FAR_ZOOM = 0.4;
/** Below this only large words can be read: the names of systems, and how many are in trouble. */
const MID_ZOOM = 0.72;
const NO_EDGES: FlowEdge[] = [];
const ZOOM = { min: 0.1, max: 1.6 };
/** A small landscape is not blown up to fill its frame; above the first row lines go round the nodes between, with their words. */
const FIT = { padding: { top: '48px', x: '8px', bottom: '8px' }, maxZoom: 1.15 } as const;
const FULL_SIZE: Viewport = { x: 0, y: 0, zoom: 1 };
const PRO = { hideAttribution: true };

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The flow map: every system has its place, so nothing jumps when numbers change. */
export function FlowMap({ systems, flows, view, selected, onSelect, onOpenFlow }: FlowMapProps) {
  const frame = useRef<HTMLDivElement>(null);
  // Known before the first picture: the map fits its frame at once instead of being drawn twice.
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const { clientWidth: width = 0, clientHeight: height = 0 } = frame.current ?? {};
    setSize({ width, height });
  }, []);
  const elements = useElements({ systems, flows, view, selected });
  const actions = useActions(onSelect, onOpenFlow);
  return (
    <div className={css.map} ref={frame}>
      {size && (
        <MapActionsContext value={actions}>
          <Fitted size={size} elements={elements} actions={actions} />
        </MapActionsContext>
      )}
    </div>
  );
}

interface FittedProps extends CanvasProps {
  readonly size: Size;
}

/** The map as it fits the frame, from its first picture on: the library's own fit comes after one at full size. */
function Fitted({ size: { width, height }, elements, actions }: FittedProps) {
  const [nodes] = useState(() => elements.nodes as SystemNode[]);
  const [viewport] = useState(() =>
    width > 0 && height > 0
      ? getViewportForBounds(getNodesBounds(nodes), width, height, ZOOM.min, FIT.maxZoom, FIT.padding)
      : FULL_SIZE,
  );
  return (
    <ReactFlowProvider
      initialNodes={nodes}
      initialWidth={width}
      initialHeight={height}
      initialMinZoom={ZOOM.min}
      initialMaxZoom={FIT.maxZoom}
      initialFitViewOptions={FIT}
      fitView
    >
      <Canvas elements={elements} actions={actions} viewport={viewport} />
    </ReactFlowProvider>
  );
}

/** What is drawn; unchanged parts are the same objects as the time before. */
function useElements({
  systems,
  flows,
  view,
  selected,
}: Pick<FlowMapProps, 'systems' | 'flows' | 'view' | 'selected'>): MapElements {
  const drawn = useRef<{ model: MapModel; elements: MapElements }>({
    model: { nodes: [], edges: [] },
    elements: NO_ELEMENTS,
  });
  const next = useMemo(() => {
    const model = mapModel(systems, flows, { view, before: drawn.current.model });
    return { model, elements: mapElements(model, selected, drawn.current.elements) };
  }, [systems, flows, view, selected]);
  useEffect(() => {
    drawn.current = next;
  }, [next]);
  return next.elements;
}

function useActions(onSelect: FlowMapProps['onSelect'], onOpenFlow: FlowMapProps['onOpenFlow']): MapActions {
  const latest = useRef({ onSelect, onOpenFlow });
  useEffect(() => {
    latest.current = { onSelect, onOpenFlow };
  }, [onSelect, onOpenFlow]);
  const [actions] = useState<MapActions>(() => ({
    select: (what) => latest.current.onSelect(what),
    openFlow: (flowId) => latest.current.onOpenFlow(flowId),
  }));
  return actions;
}

interface CanvasProps {
  readonly elements: MapElements;
  readonly actions: MapActions;
}

const Canvas = memo(function Canvas({ elements, actions, viewport }: CanvasProps & { readonly viewport: Viewport }) {
  const { t } = useTranslation();
  const level = useStore(({ transform: [, , zoom] }) => levelAt(zoom));
  const far = level === 'far';
  const store = useStoreApi();
  const touch = useMedia('(pointer: coarse)');
  const wide = isWide(elements.edges);
  const lines = useMemo(() => {
    if (far) return { alone: NO_EDGES, together: elements.edges };
    if (!wide) return { alone: elements.edges as FlowEdge[], together: NO_EDGES };
    const speaks = new Set(elements.edges.filter(speaksForItself));
    return { alone: [...speaks], together: elements.edges.filter((edge) => !speaks.has(edge)) };
  }, [elements.edges, far, wide]);
  // Told to the page and not to React: a hand that moves the map must cause no work but moving it.
  const whileMoving = (moving: boolean): void => {
    store.getState().domNode?.classList.toggle(css.moving ?? '', moving);
  };
  return (
    <LevelContext value={level}>
      <ReactFlow
        className={level === 'near' ? undefined : css[level]}
        nodes={elements.nodes as SystemNode[]}
        edges={lines.alone}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        // A finger that scrolls the page must get past the map, which fits a phone as a whole; two fingers still move it.
        panOnDrag={!touch}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        disableKeyboardA11y
        edgesFocusable={false}
        defaultViewport={viewport}
        minZoom={ZOOM.min}
        maxZoom={ZOOM.max}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        // Far away everything is in sight, and a small map is drawn once and then only moved.
        onlyRenderVisibleElements={wide && !far}
        zoomOnScroll={false}
        proOptions={PRO}
        onEdgeClick={(_, edge) => {
          const flow = edge.data && worstFlow(edge.data.edge);
          if (flow) actions.select(`flow:${flow.id}`);
        }}
        onEdgeDoubleClick={(_, edge) => {
          const flow = edge.data && worstFlow(edge.data.edge);
          if (flow) actions.openFlow(flow.id);
        }}
        onPaneClick={(event) => {
          const { transform, domNode } = store.getState();
          const flow = domNode && quietFlowAt(lines.together, event, { transform, domNode, touch });
          actions.select(flow ? `flow:${flow.id}` : null);
        }}
        onMoveStart={() => whileMoving(true)}
        onMoveEnd={() => whileMoving(false)}
        aria-label={t('landscape.map.label')}
      >
        {lines.together.length > 0 && (
          <ViewportPortal>
            <QuietLines edges={lines.together} apart={!far} />
          </ViewportPortal>
        )}
      </ReactFlow>
    </LevelContext>
  );
});

/** How near a press has to come to a quiet line, px of the screen. */
const REACH = { pointer: 8, touch: 16 } as const;

/** The flow of the quiet line under a press: the picture of these lines has no element for each. */
function quietFlowAt(
  lines: MapElements['edges'],
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
  { transform: [x, y, zoom], domNode, touch }: { transform: Transform; domNode: HTMLElement; touch: boolean },
) {
  const { left, top } = domNode.getBoundingClientRect();
  const reach = (touch ? REACH.touch : REACH.pointer) / zoom;
  const line = lineAt(lines, [(clientX - left - x) / zoom, (clientY - top - y) / zoom], reach);
  return line?.data && worstFlow(line.data.edge);
}

const levelAt = (zoom: number): MapLevel => (zoom < FAR_ZOOM ? 'far' : zoom < MID_ZOOM ? 'mid' : 'near');

/**
 * Lines without words in one picture. Near enough to read, each is a path of its own: most of them are out of sight, and
 * only what crosses the window has to be painted.
 */
function QuietLines({ edges, apart }: { readonly edges: MapElements['edges']; readonly apart: boolean }) {
  const paths = useMemo(() => (apart ? pathsOf(edges) : farPaths(edges)), [edges, apart]);
  return (
    <svg className={css.quietLines} aria-hidden="true">
      {paths.map(({ id, status, selected, d }) => (
        <path key={id} d={d} data-status={status} data-selected={selected} />
      ))}
    </svg>
  );
}

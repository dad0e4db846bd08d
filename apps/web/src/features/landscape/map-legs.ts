/**
 * What a flow says on each line that it is drawn with. Its health is one; where the trouble is, is said by its rule: a failure
 * over the bus happened at the consumer, silence at the source, and what waits for a system at the lines of that system. Pure.
 */
import type { HealthStatus } from '@pult/shared/contracts/counters';
import type { FlowHealth } from '@pult/shared/contracts/landscape';

/** The bus, which flows over it are drawn through. */
export const BUS = 'kafka';

export interface Leg {
  readonly flow: FlowHealth;
  /** Of the flow on this line. */
  readonly status: HealthStatus;
  readonly rule: FlowHealth['rule'];
  /** The trouble is said here; its other lines have its colour only. */
  readonly speaks: boolean;
  /** Drawn for orientation: nothing of its state is shown. */
  readonly quiet: boolean;
}

/** Two ends of a line with the systems that stand there. */
export interface Ends {
  readonly source: string;
  readonly target: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

const HEALTHY: FlowHealth['rule'] = { code: 'healthy', data: {} };

/** The legs of a flow in the order of its lines. */
export function legsOf(flow: FlowHealth, lines: readonly Ends[], quiet: boolean): Leg[] {
  let said = false;
  return lines.map((ends): Leg => {
    if (quiet) return { flow, status: 'idle', rule: HEALTHY, speaks: false, quiet };
    const isIll = flow.status === 'bad' || flow.status === 'warn' || flow.status === 'doubt';
    if (!isIll) return { flow, status: flow.status, rule: flow.rule, speaks: false, quiet };
    if (!concerns(flow, ends)) return { flow, status: 'ok', rule: HEALTHY, speaks: false, quiet };
    // Several consumers may each have failed, and several sources be silent: each says its own.
    const speaks = !said || deadLettersAt(flow, ends) !== null || silentSources(flow).length > 0;
    said = true;
    return { flow, status: flow.status, rule: flow.rule, speaks, quiet };
  });
}

/** Whether the trouble of a flow is on this line. */
function concerns(flow: FlowHealth, ends: Ends): boolean {
  const { code, data } = flow.rule;
  const isOut = ends.source === BUS;
  switch (code) {
    case 'target_down': {
      const { systemId } = data;
      return typeof systemId !== 'string' || ends.from.includes(systemId) || ends.to.includes(systemId);
    }
    case 'silence': {
      const silent = silentSources(flow);
      return !isOut && (silent.length === 0 || silent.some((id) => ends.from.includes(id)));
    }
    case 'no_consumer':
      return isOut && (typeof data.systemId !== 'string' || ends.to.includes(data.systemId));
    default:
      if (flow.channel !== 'kafka') return true;
      return isOut && isConsumerIll(flow, ends);
  }
}

/** Sources that are silent, where that is the trouble; none where nobody knows which. */
const silentSources = ({ rule, cadence }: FlowHealth): string[] =>
  rule.code === 'silence'
    ? (cadence?.sources ?? []).flatMap(({ systemId, silentSince }) => (silentSince === null ? [] : [systemId]))
    : [];

/** Of several consumers those with open dead letters failed; while none has any, nobody knows which of them it was. */
function isConsumerIll(flow: FlowHealth, ends: Ends): boolean {
  if (flow.rule.code !== 'failures' && flow.rule.code !== 'undecided') return true;
  return flow.consumers.every(({ deadLetters }) => !deadLetters) || deadLettersAt(flow, ends) !== null;
}

/** Open dead letters of the consumers at the end of a line; null where they are not counted apart, or there are none. */
export function deadLettersAt({ consumers }: FlowHealth, { to }: Pick<Ends, 'to'>): number | null {
  const own = consumers.filter(({ system }) => to.includes(system));
  return own.reduce((sum, { deadLetters }) => sum + (deadLetters ?? 0), 0) || null;
}

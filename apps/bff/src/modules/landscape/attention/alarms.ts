/** What an alarm is about, so that mutes and maintenance windows find it (domain/quiet). Pure. */
import type { AttentionItem, FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import type { QuietMark } from '@pult/shared/contracts/quiet';
import { type AlarmSubject, decidingSystems } from '@pult/shared/domain/quiet/quiet';
import type { SystemService } from '../heartbeats/heartbeats.ts';
import type { QuietLook } from '../quiet/quiet.ts';

type Ends = Pick<FlowHealth, 'id' | 'from' | 'to'>;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** An item says its flow or its system; silence of one of several sources is an alarm of that source, too. */
export function subjectOf(item: Pick<AttentionItem, 'id' | 'data'>, flows: readonly Ends[]): AlarmSubject {
  const flowId = textOf(item.data.flowId);
  const flow = flows.find(({ id }) => id === flowId);
  const named = [textOf(item.data.systemId), textOf(item.data.source)].filter((id) => id !== null);
  return { alarmId: item.id, flowId, systemIds: [...named, ...(flow ? decidingSystems(flow) : [])] };
}

/** Id of the alarm of a service. */
export const handlerAlarm = ({ systemId, service }: Pick<SystemService, 'systemId' | 'service'>): string =>
  `handler:${systemId}:${service.replaceAll(/[^\w.-]/g, '_')}`;

/** What keeps a whole flow quiet. */
export const quietOfFlow = (flow: Ends, look: QuietLook): QuietMark | null =>
  look({ alarmId: null, flowId: flow.id, systemIds: decidingSystems(flow) });

/** What keeps a whole system quiet. */
export const quietOfSystem = (systemId: string, look: QuietLook): QuietMark | null =>
  look({ alarmId: null, flowId: null, systemIds: [systemId] });

/** The lines of the attention list that say the rule which fired. */
const ALARM_OF_RULE: Readonly<Partial<Record<FlowHealth['rule']['code'], string>>> = {
  silence: 'silence',
  stuck: 'stuck',
  in_doubt: 'doubt',
  undecided: 'undecided',
};

/**
 * Flows and systems with what keeps them quiet: the whole of them, or the alarms of the rule that gives their health. A flow
 * whose rule rings in several lines is quiet when all of them are; while anything else is the matter with it, a mute of one
 * line is no mute of the flow.
 */
export function marked(
  picture: { readonly flows: readonly FlowHealth[]; readonly systems: readonly SystemHealth[] },
  items: readonly AttentionItem[],
  look: QuietLook,
): { flows: FlowHealth[]; systems: SystemHealth[] } {
  const allOf = (lines: readonly AttentionItem[]): QuietMark | null => {
    const marks = lines.map((line) => look(subjectOf(line, picture.flows)));
    return marks.every((mark) => mark !== null) ? (marks[0] ?? null) : null;
  };
  const ruleOfFlow = (flow: FlowHealth): QuietMark | null => {
    if (flow.rule.code === 'target_down') return quietOfSystem(String(flow.rule.data.systemId), look);
    const alarm = ALARM_OF_RULE[flow.rule.code];
    if (alarm === undefined) return null;
    const mark = allOf(items.filter(({ id }) => id === `${alarm}:${flow.id}` || id.startsWith(`${alarm}:${flow.id}:`)));
    return mark && allOf(items.filter(({ data }) => data.flowId === flow.id)) && mark;
  };
  // That instances are missing has no line of its own: lines about other things say nothing of it.
  const ruleOfSystem = ({ id, rule }: SystemHealth): QuietMark | null =>
    rule.code === 'partly_up' ? null : allOf(items.filter(({ data }) => data.systemId === id));
  return {
    flows: picture.flows.map((flow) => ({ ...flow, quiet: quietOfFlow(flow, look) ?? ruleOfFlow(flow) })),
    systems: picture.systems.map((system) => ({
      ...system,
      quiet: quietOfSystem(system.id, look) ?? ruleOfSystem(system),
    })),
  };
}

/** The attention list apart from what is quiet. */
export function apart(
  items: readonly AttentionItem[],
  flows: readonly Ends[],
  look: QuietLook,
): { attention: AttentionItem[]; muted: (AttentionItem & { quiet: QuietMark })[] } {
  const attention: AttentionItem[] = [];
  const muted: (AttentionItem & { quiet: QuietMark })[] = [];
  for (const item of items) {
    const quiet = look(subjectOf(item, flows));
    if (quiet) muted.push({ ...item, quiet });
    else attention.push(item);
  }
  return { attention, muted };
}

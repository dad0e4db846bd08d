/** What is shown of an event that could not be accepted. Nobody knows what it is about: where it may be people, its envelope alone. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { openWords, withoutPeople } from '@pult/shared/domain/delivery/open-words';
import { personalSystems } from '@pult/shared/domain/delivery/personal';
import type { BusTopics } from './bus-intake/judge.ts';
import { isKeptRecord } from './bus-intake/kept-record.ts';
import type { BusPlace } from './bus-intake/place.ts';
import { maskPersonal } from './personal-data.ts';

/** What quarantine keeps of one event, as far as it matters here. */
export interface ShownEvent {
  readonly event: unknown;
  readonly bus: Pick<BusPlace, 'topic'> | null;
  /** Reporter as it was judged: the bus itself where no allowed source could be told. */
  readonly systemId: string;
}

export interface ShownBy {
  readonly flows: ReadonlyMap<string, FlowConfig>;
  /** What Pult reads from the bus; absent where there is none (any more). */
  readonly topics?: Pick<BusTopics, 'busId' | 'sources'> | undefined;
}

/** Whether a quarantined event may be about people; of an unreadable record its topic tells. */
export function mayBePersonal(row: ShownEvent, by: ShownBy): boolean {
  const { event, bus } = row;
  if (bus !== null && (isUnreadable(event) || ownersOf(bus.topic, by.flows).some(({ personalData }) => personalData)))
    return mayNamePeople(bus.topic, by);
  const flow = flowOf(event, by.flows);
  const speakers = speakersOf(row, by);
  // An event that names no known flow may be one about people wherever somebody who may have written it takes part in such a flow.
  const personal = flow === undefined ? speaksOfPeople(speakers, by.flows) : flow.personalData;
  return personal || hidesAll(speakers, by.flows);
}

/** What of an event names no person: whose document it is about, and what the flow shows of its content. */
const EVENT_FIELDS = ['attempt', 'revision', 'message.key.type', 'message.key.number', 'message.key.ref', 'message.id'];

/** An event holds the content of its message: personal data are masked here as there. */
export function shownEvent(row: ShownEvent, by: ShownBy): unknown {
  const { event, bus } = row;
  const personal = mayBePersonal(row, by);
  // A text that is no event cannot be masked field by field: its place says where it can be read.
  if (bus !== null && isUnreadable(event)) return personal ? { timestamp: event.timestamp } : maskPersonal(event).body;
  if (!personal) return maskPersonal(event).body;
  if (!isRecord(event)) return null;
  // Whatever is wrong with the event, its parts may stand anywhere: only the envelope is shown beside its data.
  const { specversion, type, source, id, time } = event;
  const envelope = Object.entries({ specversion, type, source, id, time })
    .map(([name, value]) => [name, plainName(value)] as const)
    .filter(([, text]) => text !== null);
  return { ...Object.fromEntries(envelope), data: shownData(event, by.flows) };
}

/** Of a known flow with people the document is shown, and the words of its error that name nobody; of any other nothing. */
function shownData(event: Record<string, unknown>, flows: ShownBy['flows']): unknown {
  const data = dataOf(event);
  const flow = flowOf(event, flows);
  if (flow?.personalData !== true) return maskPersonal(data, { every: true }).body;
  const open = [...EVENT_FIELDS, ...flow.openFields.map((place) => `message.payload.${place}`)];
  const shown = maskPersonal(data, { every: true, open }).body as Record<string, unknown>;
  const text = isRecord(data.error) && typeof data.error.text === 'string' ? data.error.text : null;
  const consumer = flow.to.find((id) => id === data.consumer) ?? null;
  return {
    ...shown,
    flow: flow.id,
    ...('consumer' in data ? { consumer } : {}),
    ...(text === null || !isRecord(shown.error) ? {} : { error: { ...shown.error, text: withoutPeople(text) } }),
  };
}

/** What the check of an event said repeats values of the event: of these only words that name nobody are shown. */
export const shownIssues = <Issue extends { readonly message: string }>(issues: readonly Issue[]): Issue[] =>
  issues.map((issue) => ({ ...issue, message: openWords(issue.message) }));

const PLAIN_NAME = /^[A-Za-z0-9_.:+-]{1,100}$/;
/** Names in a fixed alphabet that a program gives: «exchange.failed», a number, a GUID. */
export const plainName = (name: unknown): string | null =>
  typeof name === 'string' && PLAIN_NAME.test(name) ? name : null;

const isUnreadable = (event: unknown): event is { readonly timestamp: number } =>
  isKeptRecord(event) && !('specversion' in event);
const dataOf = (event: unknown): Record<string, unknown> => (isRecord(event) && isRecord(event.data) ? event.data : {});
const flowOf = (event: unknown, flows: ShownBy['flows']): FlowConfig | undefined => {
  const { flow } = dataOf(event);
  return typeof flow === 'string' ? flows.get(flow) : undefined;
};
/** Whose dead letters a topic holds. */
const ownersOf = (topic: string, flows: ShownBy['flows']): FlowConfig[] =>
  [...flows.values()].filter(({ consumers }) => consumers.some(({ deadLetterTopic }) => deadLetterTopic === topic));

/** Whether a record of a topic, whatever is in it, may be about people: by whose dead letters it holds, or by who may write there. */
function mayNamePeople(topic: string, { flows, topics }: ShownBy): boolean {
  const owners = ownersOf(topic, flows);
  if (owners.length > 0) return owners.some(({ personalData }) => personalData);
  return speaksOfPeople(topics?.sources.get(topic) ?? null, flows);
}

/** Who may have written the event: the reporter, or whoever may write on its topic; whom it names itself. Null: nobody can tell. */
function speakersOf({ event, bus, systemId }: ShownEvent, { topics }: ShownBy): readonly string[] | null {
  const isOfBus = bus !== null && (topics === undefined || systemId === topics.busId);
  const reporters = isOfBus ? topics?.sources.get(bus.topic) : [systemId];
  if (reporters === undefined) return null;
  const claimed = isRecord(event) && typeof event.source === 'string' ? [event.source] : [];
  return [...reporters, ...claimed];
}

/** One that takes part in no flow is unknown: so is what it speaks of. */
const speaksOfPeople = (speakers: readonly string[] | null, flows: ShownBy['flows']): boolean => {
  const all = [...flows.values()];
  const of = (systemId: string) => all.filter(({ from, to }) => [...from, ...to].includes(systemId));
  const isUnknown = speakers === null || speakers.some((systemId) => of(systemId).length === 0);
  return isUnknown
    ? all.some(({ personalData }) => personalData)
    : speakers.some((systemId) => of(systemId).some(({ personalData }) => personalData));
};

/** Somebody who takes part in nothing but flows with people: an event that names another flow may name a person, too. */
const hidesAll = (speakers: readonly string[] | null, flows: ShownBy['flows']): boolean => {
  const personal = personalSystems(flows.values());
  return (speakers ?? []).some((systemId) => personal.has(systemId));
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is shown of an event that could not be accepted. Nobody knows what it is about: where it may be people, its envelope alone. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
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

/** An event holds the content of its message: personal data are masked here as there. */
export function shownEvent(row: ShownEvent, by: ShownBy): unknown {
  const { event, bus } = row;
  // A text that is no event cannot be masked field by field: its place says where it can be read.
  if (bus !== null && isKeptRecord(event) && !('specversion' in event))
    return mayNamePeople(bus.topic, by) ? { timestamp: event.timestamp } : maskPersonal(event).body;
  const { body } = maskPersonal(event);
  const data = isRecord(body) && isRecord(body.data) ? body.data : {};
  const flow = typeof data.flow === 'string' ? by.flows.get(data.flow) : undefined;
  const speakers = speakersOf(row, by);
  // An event that names no known flow may be one about people wherever somebody who may have written it takes part in such a flow.
  const personal = flow === undefined ? speaksOfPeople(speakers, by.flows) : flow.personalData;
  if (!personal && !hidesAll(speakers, by.flows)) return body;
  if (!isRecord(body)) return null;
  // Whatever is wrong with the event, its parts may stand anywhere: only the envelope is shown as it came.
  const { specversion, type, source, id, time } = body;
  const envelope = Object.entries({ specversion, type, source, id, time }).filter(
    ([, text]) => typeof text === 'string',
  );
  return { ...Object.fromEntries(envelope), data: maskPersonal(data, { every: true }).body };
}

/** Whether a record of a topic, whatever is in it, may be about people: by whose dead letters it holds, or by who may write there. */
function mayNamePeople(topic: string, { flows, topics }: ShownBy): boolean {
  const owners = [...flows.values()].filter(({ consumers }) =>
    consumers.some(({ deadLetterTopic }) => deadLetterTopic === topic),
  );
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

import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { pointsOf } from '@pult/shared/domain/approval/points';
import type { StoredMark } from '../sla/index.ts';
import type { AttemptRow, DecisionRow, QuestionRow } from './decision-store.ts';
import type { RequestRow, SeenRow, VersionRow } from './store.ts';

type Entry = ApprovalCard['timeline'][number];

interface Facts {
  readonly request: RequestRow;
  readonly versions: readonly VersionRow[];
  readonly seen: readonly SeenRow[];
  readonly questions: readonly QuestionRow[];
  readonly decisions: readonly DecisionRow[];
  readonly marks: readonly StoredMark[];
  readonly attempts: readonly AttemptRow[];
  readonly dueAt: string | null;
  readonly now: number;
}

const entry = (at: Date, kind: Entry['kind'], rest: Partial<Omit<Entry, 'at' | 'kind'>> = {}): Entry => ({
  at: at.toISOString(),
  kind,
  actor: null,
  system: null,
  data: {},
  ahead: false,
  ...rest,
});

/** Everything that happened to a request, in order, with the due ahead at the end. */
export function timelineOf(facts: Facts): Entry[] {
  const { request } = facts;
  const entries = [
    entry(request.startedAt, 'started', { actor: request.initiatorName, data: { version: 1 } }),
    ...facts.versions
      .slice(1)
      .map((one) =>
        entry(one.at, 'version', { data: { version: one.version, deviation: pointsOf(one.deviationMax) } }),
      ),
    ...facts.seen.map((one) => entry(one.firstAt, 'seen', { actor: one.userName, data: { version: one.version } })),
    ...inForce(facts.marks).map((one) =>
      entry(new Date(one.reachedAt), 'threshold', {
        data: { percent: one.percent, recordedAt: new Date(one.recordedAt).toISOString() },
      }),
    ),
    ...facts.questions.flatMap((one) => questionEntries(one, request)),
    ...facts.decisions.flatMap(decisionEntries),
    ...attemptEntries(facts.attempts),
  ].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const due = facts.dueAt;
  if (due !== null && Date.parse(due) > facts.now) entries.push(entry(new Date(due), 'due', { ahead: true }));
  return entries;
}

/** Of a threshold that was recorded for several revisions of the clock only the last: the others are in the facts of the clock. */
const inForce = (marks: readonly StoredMark[]): StoredMark[] => [
  ...new Map(
    marks.toSorted((a, b) => a.revision - b.revision || a.recordedAt - b.recordedAt).map((one) => [one.percent, one]),
  ).values(),
];

function questionEntries(question: QuestionRow, request: RequestRow): Entry[] {
  const asked = entry(question.at, 'question', {
    actor: question.byName,
    system: question.askedIn === 'elma' ? 'elma' : null,
    data: { text: question.text },
  });
  if (question.answeredAt === null) return [asked];
  return [
    asked,
    entry(question.answeredAt, 'answer', { actor: request.initiatorName, data: { text: question.answer } }),
  ];
}

function decisionEntries(decision: DecisionRow): Entry[] {
  const elsewhere = decision.decidedIn !== 'pult';
  const made = entry(decision.at, elsewhere ? 'decided_elsewhere' : 'decided', {
    actor: decision.byName,
    system: decision.decidedIn === 'pult' ? null : decision.decidedIn,
    data: {
      verdict: decision.verdict,
      comment: decision.comment,
      reasonCode: decision.reasonCode,
      version: decision.version,
    },
  });
  if (decision.undoneAt === null) return [made];
  const kind = decision.undoneCause === 'version' ? 'reopened' : 'undone';
  return [made, entry(decision.undoneAt, kind, { actor: decision.undoneBy?.name ?? null })];
}

/** Deliveries: each outcome, of a row of failures only the first. */
function attemptEntries(attempts: readonly AttemptRow[]): Entry[] {
  const failing = new Set<string>();
  return attempts.flatMap((attempt) => {
    const { system, subject, number, outcome, endedAt } = attempt;
    const key = `${subject} ${system}`;
    if (endedAt === null || outcome === null || outcome === 'lost') return [];
    if (outcome === 'failed' && failing.has(key)) return [];
    if (outcome === 'failed') failing.add(key);
    const kind = ({ delivered: 'delivered', failed: 'delivery_failed', conflict: 'delivery_conflict' } as const)[
      outcome
    ];
    return [entry(endedAt, kind, { system, data: { subject, attempt: number, error: attempt.errorCode } })];
  });
}

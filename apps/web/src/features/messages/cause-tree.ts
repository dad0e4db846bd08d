import type { CauseRow } from '@pult/shared/contracts/messages';

/** A line of the table of causes: a cause, or the incident of a system above the causes that it explains. */
export type CauseLine =
  | { readonly kind: 'cause'; readonly key: string; readonly cause: CauseRow }
  | {
      readonly kind: 'incident';
      readonly key: string;
      readonly systemId: string;
      readonly since: string;
      readonly causes: readonly CauseRow[];
    };

/** Causes that a line stands for. */
export const causesOf = (line: CauseLine): readonly CauseRow[] =>
  line.kind === 'incident' ? line.causes : [line.cause];

/** One root cause shown once: causes of a system that is down stand under its incident, first of all; snoozed ones last. */
export function causeTree(causes: readonly CauseRow[]): CauseLine[] {
  const incidents = new Map<string, CauseRow[]>();
  for (const cause of causes)
    if (cause.incident)
      incidents.set(cause.incident.systemId, [...(incidents.get(cause.incident.systemId) ?? []), cause]);
  const alone = causes.filter(({ incident }) => incident === null);
  return [
    ...[...incidents].map(
      ([systemId, own]): CauseLine => ({
        kind: 'incident',
        key: `incident:${systemId}`,
        systemId,
        since: own[0]?.incident?.since ?? '',
        causes: own,
      }),
    ),
    ...[...alone.filter((one) => one.snoozedUntil === null), ...alone.filter((one) => one.snoozedUntil !== null)].map(
      (cause): CauseLine => ({ kind: 'cause', key: cause.id, cause }),
    ),
  ];
}

/** Causes behind chosen lines: an incident stands for all of its own. */
export function chosenCauses(lines: readonly CauseLine[], selected: ReadonlySet<string>): CauseRow[] {
  const causes = new Map<string, CauseRow>();
  for (const line of lines)
    for (const cause of causesOf(line))
      if (selected.has(line.key) || selected.has(cause.id)) causes.set(cause.id, cause);
  return [...causes.values()];
}

/**
 * Selection after a line was pressed: an incident takes its causes along, and is chosen exactly when all of them are.
 */
export function toggleLine(
  lines: readonly CauseLine[],
  selected: ReadonlySet<string>,
  key: string,
): ReadonlySet<string> {
  const next = new Set(selected);
  const add = !next.delete(key);
  if (add) next.add(key);
  for (const line of lines) {
    if (line.kind !== 'incident') continue;
    const own = line.causes.map(({ id }) => id);
    if (line.key === key) for (const id of own) add ? next.add(id) : next.delete(id);
    else if (own.includes(key)) own.every((id) => next.has(id)) ? next.add(line.key) : next.delete(line.key);
  }
  return next;
}

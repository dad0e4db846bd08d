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

/** One root cause shown once: causes of a system that is down stand under its incident, first of all. */
export function causeTree(causes: readonly CauseRow[]): CauseLine[] {
  const incidents = new Map<string, CauseRow[]>();
  for (const cause of causes)
    if (cause.incident)
      incidents.set(cause.incident.systemId, [...(incidents.get(cause.incident.systemId) ?? []), cause]);
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
    ...causes
      .filter(({ incident }) => incident === null)
      .map((cause): CauseLine => ({ kind: 'cause', key: cause.id, cause })),
  ];
}

/** Causes behind chosen lines: an incident stands for all of its own. */
export function chosenCauses(lines: readonly CauseLine[], selected: ReadonlySet<string>): CauseRow[] {
  const causes = new Map<string, CauseRow>();
  for (const line of lines) {
    const own = line.kind === 'incident' ? line.causes : [line.cause];
    for (const cause of own) if (selected.has(line.key) || selected.has(cause.id)) causes.set(cause.id, cause);
  }
  return [...causes.values()];
}

/** What stands for a check of a system that Pult does not ask: when it was heard last, and through which door. */
import type { ConnectionReports } from '@pult/shared/contracts/connection-checks';
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type { ReportDoor } from '../ports.ts';

const isoOrNull = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** @returns null for a system that has no key for reporting */
export async function reportsOf(
  systemId: string,
  { file, door }: { readonly file: LandscapeFile; readonly door: ReportDoor },
): Promise<ConnectionReports | null> {
  const system = file.systems.find(({ id }) => id === systemId);
  if (system?.intakeTokenEnv === undefined) return null;
  const [keys, lastAt, quarantined] = await Promise.all([
    door.keys(systemId),
    door.lastAt(systemId),
    door.quarantined(systemId),
  ]);
  return {
    lastAt: isoOrNull(lastAt),
    keys: keys
      .toSorted((one, other) => Number(one.revokedAt !== null) - Number(other.revokedAt !== null))
      .map(({ label, lastUsedAt, revokedAt }) => ({
        label,
        lastUsedAt: isoOrNull(lastUsedAt),
        revokedAt: isoOrNull(revokedAt),
      })),
    topics: file.systems.flatMap(({ connector }) =>
      connector?.protocol === 'kafka'
        ? connector.eventTopics.filter(({ sources }) => sources.includes(systemId)).map(({ topic }) => topic)
        : [],
    ),
    quarantined,
    flows: file.flows.filter(({ from, to }) => [...from, ...to].includes(systemId)).map(({ id }) => id),
  };
}

/** Migrations of the landscape file, as the module works with them. */
import { createHash } from 'node:crypto';
import type { FlowConfig, LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type { CompareRules } from '@pult/shared/domain/migration/compare';
import type { SideFilter } from './ports.ts';

export interface MigrationPlan {
  readonly old: FlowConfig;
  readonly bus: FlowConfig;
  readonly types: readonly string[];
  readonly shadow: NonNullable<FlowConfig['migration']>['shadow'];
  readonly compare: CompareRules;
  /** The same for the same rules: contents compared under others are compared again. */
  readonly rulesId: string;
  readonly oldSides: SideFilter;
  readonly busSides: SideFilter;
  /** The same for the same two filters: pairs made under others are looked through once. */
  readonly claimsId: string;
  /** Topic through which one consumer alone can be fed again. */
  readonly retryTopic: string | null;
}

/** Migrations by the flow of today. */
export function plansOf(file: Pick<LandscapeFile, 'flows'>): Map<string, MigrationPlan> {
  const flows = new Map(file.flows.map((flow) => [flow.id, flow]));
  const plans = new Map<string, MigrationPlan>();
  for (const old of file.flows) {
    const bus = old.migration && flows.get(old.migration.flow);
    if (!old.migration || !bus) continue;
    const { types, shadow, consumer, addressed } = old.migration;
    const { ignore, tolerance, rename, keys, same, times } = shadow;
    const compare: CompareRules = { ignore, tolerance, rename, keys, same, times };
    const oldSides: SideFilter = { flowId: old.id, types, consumer: null, recipients: null };
    const busSides: SideFilter = {
      flowId: bus.id,
      types,
      consumer: consumer ?? null,
      // A message that the bus carries for somebody else is another delivery, however alike the two are.
      recipients: { among: old.to, orNone: !addressed },
    };
    plans.set(old.id, {
      old,
      bus,
      types,
      shadow,
      compare,
      rulesId: digestOf([compare, shadow.waitMs]),
      oldSides,
      busSides,
      claimsId: digestOf([oldSides, busSides]),
      retryTopic: retryTopicOf(bus, consumer),
    });
  }
  return plans;
}

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);

/** The consumer that is compared, else the first that has a retry topic. */
function retryTopicOf(bus: FlowConfig, consumer: string | undefined): string | null {
  const consumers = (bus as { consumers?: readonly { system: string; retryTopic?: string }[] }).consumers ?? [];
  const own = consumers.filter(({ system }) => consumer === undefined || system === consumer);
  return own.find(({ retryTopic }) => retryTopic !== undefined)?.retryTopic ?? null;
}

/** The steps to the door where a connection has several: further instances, services beside the data, brokers of a cluster. */
import type { CheckFacts, CheckStep, StepOutcome } from './check.ts';
import { type NetworkStepsOptions, type NetworkTarget, networkSteps } from './network-steps.ts';

export interface NetworkOfAllOptions extends Omit<NetworkStepsOptions, 'target'> {
  readonly targets: readonly NetworkTarget[];
  /** `each`: Pult needs all of them. `any`: one that answers is enough, the others are named in the fact `down`. */
  readonly needed: 'each' | 'any';
}

/** Steps `dns` and `connect` towards every host; with `each` the first of them that fails is explained. */
export function networkOfAll({ targets, needed, ...options }: NetworkOfAllOptions): CheckStep[] {
  const doors = [...new Map(targets.map((target) => [nameOf(target), target])).values()].map((target) => ({
    target,
    steps: networkSteps({ ...options, target }),
  }));
  return (['dns', 'connect'] as const).map((id) => ({
    id,
    run: async () => {
      const walked = await Promise.all(
        doors.map(async ({ target, steps }) => ({ target, outcome: await runOf(steps, id) })),
      );
      const failed = walked.filter(({ outcome }) => !outcome.ok);
      const [first] = failed;
      if (first !== undefined && (needed === 'each' || failed.length === walked.length)) return first.outcome;
      const found = walked.flatMap(({ target, outcome }) => (outcome.ok ? [{ target, facts: outcome.facts }] : []));
      const facts = id === 'dns' ? namesOf(found) : doorsOf(found);
      const down = failed.map(({ target }) => nameOf(target));
      return { ok: true, facts: { ...facts, ...(down.length === 0 ? {} : { down }) } };
    },
  }));
}

interface Found {
  readonly target: NetworkTarget;
  readonly facts: CheckFacts;
}

const nameOf = ({ host, port }: NetworkTarget): string => `${host}:${port}`;

const runOf = (steps: readonly CheckStep[], id: CheckStep['id']): Promise<StepOutcome> => {
  const step = steps.find((one) => one.id === id);
  if (step === undefined) throw new TypeError(`no step ${id} towards a host`);
  return step.run();
};

function namesOf(found: readonly Found[]): CheckFacts {
  const byHost = new Map(found.map(({ target, facts }) => [target.host, facts]));
  const [only] = byHost.values();
  if (byHost.size === 1 && only !== undefined) return only;
  return {
    address: [...byHost].map(([host, { address }]) => (host === address ? host : `${host}: ${address}`)).join('; '),
  };
}

/** The weakest of all: a plain door, the oldest version of TLS, the certificate that ends first. */
function doorsOf(found: readonly Found[]): CheckFacts {
  const plain = found.find(({ facts }) => facts.encrypted !== true);
  if (plain !== undefined) return plain.facts;
  const versions = found.map(({ facts }) => String(facts.version ?? '')).sort();
  const days = found.flatMap(({ facts }) => (typeof facts.daysLeft === 'number' ? [facts.daysLeft] : []));
  return {
    encrypted: true,
    version: versions[0] ?? '',
    ...(days.length === 0 ? {} : { daysLeft: Math.min(...days) }),
  };
}

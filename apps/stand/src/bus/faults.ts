/** Faults of the bus that a person switches. They are of this process: a restart forgets them, as a release would. */
import type { Service } from './topics.ts';
import { SERVICES } from './topics.ts';

type System = Service['system'];

/** Switches of one service each. */
const OF_SERVICE = ['consumerDown', 'poison', 'slow', 'storm', 'unhealthy'] as const;
/** Switches of the price packages: what the comparison of both channels is there to find. */
const OF_PACKAGES = ['losesPackage', 'changesUnit', 'late'] as const;

export class BusFaults {
  readonly consumerDown = new Set<System>();
  readonly poison = new Set<System>();
  readonly slow = new Set<System>();
  readonly storm = new Set<System>();
  readonly unhealthy = new Set<System>();
  losesPackage = false;
  changesUnit = false;
  late = false;

  /** `{ "poison.ims3": true, "late": false }`; names that are none are passed over. */
  change(wanted: Readonly<Record<string, unknown>>): void {
    for (const [name, on] of Object.entries(wanted)) {
      const [fault, system] = name.split('.');
      const ofService = OF_SERVICE.find((one) => one === fault);
      const service = SERVICES.find((one) => one.system === system)?.system;
      if (ofService && service) this[ofService][on === true ? 'add' : 'delete'](service);
      const ofPackages = OF_PACKAGES.find((one) => one === fault);
      if (ofPackages) this[ofPackages] = on === true;
    }
  }

  /** Every switch with its position. */
  state(): Record<string, boolean> {
    return {
      ...Object.fromEntries(
        OF_SERVICE.flatMap((fault) => SERVICES.map(({ system }) => [`${fault}.${system}`, this[fault].has(system)])),
      ),
      ...Object.fromEntries(OF_PACKAGES.map((fault) => [fault, this[fault]])),
    };
  }
}

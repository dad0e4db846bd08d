/** The faults of the workers as a flat list of switches: name → on. One that has targets is named `name.target`. */
import { SITES } from '../onec/bases.ts';
import type { Exchange } from './exchange.ts';
import type { Outbox } from './outbox.ts';
import { STOPPABLE } from './services.ts';
import type { Sources } from './sources.ts';

interface Switchable {
  readonly exchange: Exchange;
  readonly outbox: Outbox;
  readonly sources: Sources;
}
type Switch = { readonly get: () => boolean; readonly set: (on: boolean) => void };

function switchesOf({ exchange, outbox, sources }: Switchable): ReadonlyMap<string, Switch> {
  const flag = <T extends object>(of: T, name: keyof T & string): [string, Switch] => [
    name,
    { get: () => of[name] === true, set: (on) => Object.assign(of, { [name]: on }) },
  ];
  const { silentSites } = sources.sites.faults;
  return new Map([
    flag(exchange.faults, 'lostAck'),
    flag(exchange.faults, 'malformed'),
    flag(exchange.faults, 'customersLost'),
    flag(exchange.faults, 'routeEmpty'),
    flag(exchange.faults, 'contractsLost'),
    flag(exchange.faults, 'accountsLost'),
    flag(exchange.faults, 'tasksLocked'),
    flag(exchange.faults, 'itemsUnmapped'),
    flag(exchange.faults, 'pricesUnconfirmed'),
    flag(exchange.faults, 'batchesLost'),
    flag(sources.faults, 'silence'),
    flag(sources.faults, 'marketSilence'),
    flag(sources.sites.faults, 'noInsuranceNumber'),
    flag(outbox.faults, 'duplicates'),
    flag(outbox.faults, 'reorder'),
    ...SITES.map((site): [string, Switch] => [
      `silentSite.${site}`,
      {
        get: () => silentSites.has(site),
        set: (on) => void (on ? silentSites.add(site) : silentSites.delete(site)),
      },
    ]),
    ...STOPPABLE.map((source): [string, Switch] => [
      `stopped.${source}`,
      { get: () => exchange.isStopped(source), set: (on) => exchange.stopSource(source, on) },
    ]),
  ]);
}

/** Sets what is named and known, leaves the rest as it is. */
export function switchFaults(parts: Switchable, change: Readonly<Record<string, boolean>>): void {
  for (const [name, one] of switchesOf(parts)) {
    const wanted = change[name];
    if (wanted !== undefined) one.set(wanted);
  }
}

export const faultsOn = (parts: Switchable): Readonly<Record<string, boolean>> =>
  Object.fromEntries([...switchesOf(parts)].map(([name, one]) => [name, one.get()]));

interface PeopleFlow {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** The flow carries people. */
  readonly personalData: boolean;
}

/** Systems all of whose flows carry people: whatever such a system says may name a person. */
export function personalSystems(flows: Iterable<PeopleFlow>): ReadonlySet<string> {
  const carries = new Map<string, boolean>();
  for (const { from, to, personalData } of flows)
    for (const id of [...from, ...to]) carries.set(id, personalData && carries.get(id) !== false);
  return new Set([...carries].filter(([, only]) => only).map(([id]) => id));
}

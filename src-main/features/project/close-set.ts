/** What a set asks for, and what the services need. */
export type SetRequest = {
  /** Services that the set names, in its order. */
  readonly chosen: readonly string[];
  /** Services each service needs; `required: false` only orders them. */
  readonly needs: Readonly<Record<string, readonly { readonly service: string; readonly required: boolean }[]>>;
  /** The service that stands in for another, by the other's name. */
  readonly standInFor: Readonly<Record<string, string>>;
};

export type ClosedSet = {
  /** Every service after what it depends on. */
  readonly services: readonly string[];
  readonly because: Readonly<Record<string, string>>;
};

/** The services of a set with everything that they need, in dependency order, each with its reason. Needs no cycle to be absent. */
export function closeSet({ chosen, needs, standInFor }: SetRequest): ClosedSet {
  const standingFor = (name: string) => (Object.hasOwn(standInFor, name) ? (standInFor[name] ?? name) : name);
  const reasons = new Map<string, { chosen: boolean; neededBy: Set<string>; standsFor: Set<string> }>();
  const waiting: string[] = [];
  const enter = (service: string) => {
    const known = reasons.get(service);
    if (known) return known;
    const reason = { chosen: false, neededBy: new Set<string>(), standsFor: new Set<string>() };
    reasons.set(service, reason);
    waiting.push(service);
    return reason;
  };
  for (const name of chosen) {
    const service = standingFor(name);
    const reason = enter(service);
    if (service === name) reason.chosen = true;
    else reason.standsFor.add(name);
  }
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    for (const need of needs[name] ?? []) {
      const service = standingFor(need.service);
      if (!need.required || service === name) continue;
      const reason = enter(service);
      reason.neededBy.add(name);
      if (service !== need.service) reason.standsFor.add(need.service);
    }
  }
  return {
    services: inDependencyOrder([...reasons.keys()], needs, standingFor),
    because: Object.fromEntries([...reasons].map(([name, reason]) => [name, describe(reason)])),
  };
}

function describe({ chosen, neededBy, standsFor }: { chosen: boolean; neededBy: ReadonlySet<string>; standsFor: ReadonlySet<string> }): string {
  const parts = [
    ...(chosen ? ['chosen by the set'] : []),
    ...(standsFor.size > 0 ? [`stands in for ${[...standsFor].join(', ')}`] : []),
    ...(neededBy.size > 0 ? [`needed by ${[...neededBy].join(', ')}`] : []),
  ];
  return parts.join('; ');
}

/** Depth first without recursion: a chain may be as long as people make it. */
function inDependencyOrder(members: readonly string[], needs: SetRequest['needs'], standingFor: (name: string) => string): string[] {
  const inside = new Set(members);
  const ordered = new Set<string>();
  const begun = new Set<string>();
  const stack = [...members].reverse();
  while (stack.length > 0) {
    const name = stack.at(-1) ?? '';
    if (begun.has(name)) {
      ordered.add(name);
      stack.pop();
      continue;
    }
    begun.add(name);
    const before = (needs[name] ?? []).map(({ service }) => standingFor(service));
    stack.push(...before.filter((service) => inside.has(service) && !begun.has(service)).reverse());
  }
  return [...ordered];
}

/** A cycle of dependencies as a→b→a, or nothing where there is none. */
export function findCycle(needs: SetRequest['needs']): string[] | undefined {
  const finished = new Set<string>();
  for (const start of Object.keys(needs)) {
    const path: { readonly name: string; next: number }[] = [{ name: start, next: 0 }];
    const onPath = new Set([start]);
    while (path.length > 0) {
      const step = path.at(-1);
      if (!step) break;
      const next = finished.has(step.name) ? undefined : needs[step.name]?.[step.next++]?.service;
      if (next === undefined) {
        finished.add(step.name);
        onPath.delete(step.name);
        path.pop();
      } else if (onPath.has(next)) {
        return [...path.map(({ name }) => name).slice(path.findIndex(({ name }) => name === next)), next];
      } else if (!finished.has(next)) {
        path.push({ name: next, next: 0 });
        onPath.add(next);
      }
    }
  }
  return undefined;
}

import type { Dependency } from '#contract/project.ts';
import { rank, type ServiceRow } from './rows.ts';

type Condition = Dependency['condition'];

/** One box of the graph: a service, or a cluster of like ones. */
export type GraphItem = {
  readonly id: string;
  /** In full, such as `kafka-node-{1..3}`. */
  readonly label: string;
  /** Without the numbers of a cluster, such as `kafka-node`. */
  readonly short: string;
  /** The service, or all of the cluster. */
  readonly rows: readonly ServiceRow[];
  readonly needs: readonly { readonly id: string; readonly condition: Condition }[];
};

/** From so many services on, clusters are folded unless somebody says otherwise. */
export const FOLD_FROM = 25;

/** The boxes of the graph. With `fold`, services that differ by a number only become one, except clusters in `opened`. */
export function graphItems(rows: readonly ServiceRow[], { fold, opened }: { readonly fold: boolean; readonly opened: ReadonlySet<string> }): readonly GraphItem[] {
  const clusters = fold ? clustersOf(rows) : new Map<string, readonly ServiceRow[]>();
  const home = new Map<string, string>();
  for (const [id, members] of clusters) if (!opened.has(id)) for (const { name } of members) home.set(name, id);
  const idOf = (name: string) => home.get(name) ?? name;
  const groups = new Map<string, ServiceRow[]>();
  for (const row of rows) groups.set(idOf(row.name), [...(groups.get(idOf(row.name)) ?? []), row]);
  return [...groups].map(([id, members]) => ({ id, label: labelOf(members), short: shortOf(members), rows: members, needs: needsOf(id, members, groups, idOf) }));
}

/** How many clusters could be folded. */
export function countClusters(rows: readonly ServiceRow[]): number {
  return clustersOf(rows).size;
}

/** The state that a box shows: of a cluster, the most pressing. */
export function pressing(rows: readonly ServiceRow[]): ServiceRow {
  const [first, ...others] = rows;
  if (!first) throw new Error('A box of the graph has at least one service');
  return others.reduce((worst, row) => (rank(row) < rank(worst) ? row : worst), first);
}

/** Clusters of two and more, by the name with `#` for the number that differs. */
function clustersOf(rows: readonly ServiceRow[]): ReadonlyMap<string, readonly ServiceRow[]> {
  const likes = new Map<string, ServiceRow[]>();
  for (const row of rows) {
    const pattern = row.name.replace(/\d+(?=\D*$)/, '#');
    if (pattern === row.name) continue;
    const key = `${pattern} ${row.image}`;
    likes.set(key, [...(likes.get(key) ?? []), row]);
  }
  return new Map([...likes].filter(([, members]) => members.length > 1));
}

function shortOf(members: readonly ServiceRow[]): string {
  const name = members[0]?.name ?? '';
  return members.length === 1 ? name : name.replace(/[-_.]?\d+(\D*)$/, '$1');
}

function labelOf(members: readonly ServiceRow[]): string {
  const [first] = members;
  if (!first || members.length === 1) return first?.name ?? '';
  const cut = members.map(({ name }) => /^(.*?)(\d+)(\D*)$/.exec(name));
  const numbers = cut.map((parts) => parts?.[2] ?? '').sort((one, other) => Number(one) - Number(other));
  const [, start = '', , end = ''] = cut[0] ?? [];
  const isRow = Number(numbers.at(-1)) - Number(numbers[0]) === numbers.length - 1;
  return `${start}{${isRow ? `${numbers[0]}..${numbers.at(-1)}` : numbers.length > 4 ? `${numbers[0]}…${numbers.at(-1)}` : numbers.join(',')}}${end}`;
}

const STRICTNESS: readonly Condition[] = ['started', 'healthy', 'completed'];

function needsOf(id: string, members: readonly ServiceRow[], groups: ReadonlyMap<string, unknown>, idOf: (name: string) => string): GraphItem['needs'] {
  const needs = new Map<string, Condition>();
  for (const { service, condition } of members.flatMap(({ dependsOn }) => dependsOn)) {
    const other = idOf(service);
    const known = needs.get(other);
    if (other === id || !groups.has(other)) continue;
    if (known === undefined || STRICTNESS.indexOf(condition) > STRICTNESS.indexOf(known)) needs.set(other, condition);
  }
  return [...needs].map(([other, condition]) => ({ id: other, condition }));
}

import type { NameView } from '#contract/names.ts';

/** One name in every form that programs may ask for: alone and with each suffix. */
export type FoldedName = {
  /** Without suffix. */
  readonly base: string;
  readonly set: string;
  readonly reason: NameView['reason'];
  /** Who answers; several where the name is a group's. */
  readonly owners: readonly NameOwner[];
  readonly forms: readonly NameForm[];
};

export type NameOwner = Pick<NameView, 'service' | 'container' | 'host' | 'ports'>;

/** `stem` and `suffix` together are the name as it is asked for. */
export type NameForm = { readonly stem: string; readonly suffix: string };

/** The name cut where its longest suffix begins. */
export function cutSuffix(name: string, suffixes: readonly string[]): NameForm {
  const lower = name.toLowerCase();
  const suffix = suffixes
    .map((other) => `.${other.toLowerCase().replace(/^\.|\.$/g, '')}`)
    .filter((other) => lower.length > other.length && lower.endsWith(other))
    .sort((one, other) => other.length - one.length)[0];
  return suffix === undefined ? { stem: name, suffix: '' } : { stem: name.slice(0, -suffix.length), suffix: name.slice(-suffix.length) };
}

/** One entry for `node`, `node.suffix` and so on, in the order in which they are given. */
export function foldNames(names: readonly NameView[], suffixes: readonly string[]): readonly FoldedName[] {
  const folded = new Map<string, { base: string; set: string; reason: NameView['reason']; owners: NameOwner[]; forms: NameForm[] }>();
  for (const { name, set, reason, service, container, host, ports } of names) {
    const form = cutSuffix(name, suffixes);
    const key = JSON.stringify([set, form.stem.toLowerCase()]);
    const entry = folded.get(key) ?? { base: form.stem, set, reason, owners: [], forms: [] };
    folded.set(key, entry);
    if (!entry.forms.some(({ suffix }) => suffix === form.suffix)) entry.forms.push(form);
    if (entry.owners.some((owner) => owner.service === service && owner.container === container)) continue;
    entry.owners.push({ service, ports, ...(container !== undefined && { container }), ...(host !== undefined && { host }) });
  }
  return [...folded.values()].map((entry) => ({ ...entry, forms: [...entry.forms].sort((one, other) => Number(one.suffix !== '') - Number(other.suffix !== '')) }));
}

/** Whether the entry contains what somebody types: a name in any form, a service, an address, a reason. */
export function matchesName({ base, reason, owners, forms }: FoldedName, text: string): boolean {
  const words = text.trim().toLowerCase().split(/\s+/);
  const all = [base, reason, ...forms.map(({ stem, suffix }) => stem + suffix), ...owners.flatMap(({ service, container, host }) => [service, container ?? '', host ?? ''])].join(' ').toLowerCase();
  return words.every((word) => all.includes(word));
}

export type NameLine = { readonly kind: 'name'; readonly key: string; readonly entry: FoldedName; readonly open: boolean } | { readonly kind: 'form'; readonly key: string; readonly entry: FoldedName; readonly form: NameForm };

/** The lines of the table: every entry, and below an opened one each of its forms. */
export function nameLines(entries: readonly FoldedName[], opened: ReadonlySet<string>): readonly NameLine[] {
  return entries.flatMap((entry): readonly NameLine[] => {
    const key = `${entry.set} ${entry.base}`;
    const open = opened.has(key);
    return [{ kind: 'name', key, entry, open }, ...(open ? entry.forms.map((form) => ({ kind: 'form' as const, key: `${key} ${form.suffix}`, entry, form })) : [])];
  });
}

/** Where a program reaches the owner: with the port where it is not told yet and there is only one. */
export function reachable(address: string, ports: readonly number[]): string {
  const [port, ...others] = ports;
  if (port === undefined || others.length > 0 || /^[^:]+:\d+$|\]:\d+$/.test(address)) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

import type { FileChange, FoundFile, Installation, ResolverPlace, SystemChanges, SystemFacts } from '#ports/host-resolver.ts';
import { cutBlock, withBlock } from './host-names-block.ts';
import { hostsFile, MARKER, ownFiles, reloadCommands, type Mechanism } from './host-names-mechanism.ts';

/** What a machine is now, read once. */
export type HostSituation = {
  readonly facts: SystemFacts;
  readonly mechanism: Mechanism;
  readonly place: ResolverPlace;
  readonly suffixes: readonly string[];
  /** Lines for the hosts file. */
  readonly block: readonly string[];
  /** Every file that an installation wrote, would write, or may have left. */
  readonly files: ReadonlyMap<string, FoundFile | undefined>;
  readonly rules: readonly string[];
  readonly missingFolders: readonly string[];
  readonly installation: Installation | undefined;
};

export type InstallPlan = { readonly changes: SystemChanges; readonly record: Pick<Installation, 'originals' | 'written' | 'folders'> };
export type UndoPlan = { readonly changes: SystemChanges; /** What others wrote since, and was left. */ readonly notes: readonly string[] };

/** What to write so that the suffixes resolve here, and what to remember of what was there. Pure. */
export function planInstall(situation: HostSituation): InstallPlan {
  const { mechanism, installation, files } = situation;
  const wanted = wantedFiles(situation);
  const past = (installation?.originals ?? []).filter(({ path }) => !wanted.has(path));
  const stale = past.flatMap(({ path }) => undoFile(path, situation).change ?? []);
  const originals = [...wanted.keys()].map((path) => ({ path, found: originalOf(path, situation) }));
  const changed = [...wanted].map(([path, content]) => changeTo(path, content, situation)).filter((change) => !sameFile(change.before, change.after));
  const rules = mechanism === 'nrpt' ? situation.suffixes : [];
  return {
    changes: withCommands({ files: [...stale, ...changed], emptied: [], rules: rulesChange(situation, rules) }, situation),
    record: {
      originals,
      written: [...wanted].map(([path, content]) => ({ path, content })),
      folders: [...new Set([...(installation?.folders ?? []), ...situation.missingFolders])].filter((folder) => [...files.keys()].some((path) => path.startsWith(`${folder}/`))),
    },
  };
}

/** What to put back. Pure. */
export function planUninstall(situation: HostSituation): UndoPlan {
  const undone = [...situation.files.keys()].map((path) => undoFile(path, situation));
  const files = undone.flatMap(({ change }) => change ?? []);
  const emptied = [...(situation.installation?.folders ?? [])].reverse();
  return {
    changes: withCommands({ files, emptied, rules: rulesChange(situation, []) }, situation),
    notes: undone.flatMap(({ note }) => note ?? []),
  };
}

export function isNothing({ files, rules }: SystemChanges): boolean {
  return files.length === 0 && rules === undefined;
}

function wantedFiles({ mechanism, suffixes, place, facts, block, files }: HostSituation): Map<string, Uint8Array> {
  const wanted = new Map([...ownFiles(mechanism, suffixes, place)].map(([path, text]) => [path, bytes(text)]));
  const hosts = hostsFile(facts.platform);
  if (mechanism === 'hosts-file') wanted.set(hosts, bytes(withBlock(textOf(files.get(hosts)), block)));
  return wanted;
}

function changeTo(path: string, content: Uint8Array, { files, facts }: HostSituation): FileChange {
  const before = files.get(path);
  return { path, before, after: { mode: 0o644, ...facts.owner, ...before, content } };
}

/** What was there before Backlot. */
function originalOf(path: string, { files, facts, installation }: HostSituation): FoundFile | undefined {
  const current = files.get(path);
  const recorded = installation?.originals.find((original) => original.path === path);
  if (path === hostsFile(facts.platform)) {
    const content = bytes(cutBlock(textOf(current)));
    return current && (content.length > 0 || !wasAbsent(recorded)) ? { ...current, content } : undefined;
  }
  if (textOf(current).startsWith(MARKER)) return recorded?.found;
  return current;
}

function undoFile(path: string, situation: HostSituation): { change?: FileChange; note?: string } {
  const current = situation.files.get(path);
  const recorded = situation.installation?.originals.find((original) => original.path === path);
  const back = (after: FoundFile | undefined, note?: string) => ({ ...(!sameFile(current, after) && { change: { path, before: current, after } }), ...(note !== undefined && { note }) });
  if (current === undefined) return recorded?.found ? { note: `${path} was removed by somebody else since; it was left so` } : {};
  if (path === hostsFile(situation.facts.platform)) return undoBlock(path, current, recorded);
  const written = situation.installation?.written.find((file) => file.path === path);
  if (written && sameBytes(current.content, written.content)) return back(recorded?.found);
  const lines = new Set(textOf(written).split('\n'));
  if (!textOf(current).startsWith(MARKER)) return written && !(recorded?.found && sameBytes(current.content, recorded.found.content)) ? { note: `${path} was replaced by somebody else since; it was left so` } : {};
  const rest = textOf(current).split('\n').filter((line) => line.startsWith('[') || (line !== MARKER && !lines.has(line)));
  if (!written || rest.every((line) => line.trim() === '' || line.startsWith('['))) return back(recorded?.found);
  return back({ ...current, content: bytes(`${rest.join('\n').trimEnd()}\n`) }, `${path} was edited by somebody else since: only Backlot’s own lines are taken out`);
}

type Original = Installation['originals'][number];

function wasAbsent(recorded: Original | undefined): boolean {
  return recorded !== undefined && recorded.found === undefined;
}

function undoBlock(path: string, current: FoundFile, recorded: Original | undefined): { change?: FileChange; note?: string } {
  const cut = bytes(cutBlock(textOf(current)));
  if (sameBytes(cut, current.content)) return {};
  const untouched = recorded !== undefined && sameBytes(cut, recorded.found?.content ?? bytes(''));
  const change = { path, before: current, after: untouched ? recorded.found : { ...current, content: cut } };
  return { change, ...(recorded && !untouched && { note: `${path} was edited by somebody else since: only Backlot’s block is taken out` }) };
}

function rulesChange({ rules, place }: HostSituation, after: readonly string[]): SystemChanges['rules'] {
  const same = rules.length === after.length && after.every((rule) => rules.includes(rule));
  return same ? undefined : { before: rules, after, server: place.address };
}

/** Commands follow only where something changes, or may have been changed and not been read. */
function withCommands(changes: Omit<SystemChanges, 'commands'>, { mechanism, installation }: HostSituation): SystemChanges {
  const nothing = isNothing({ ...changes, commands: [] }) && !installation?.pending;
  const mechanisms = [...new Set([mechanism, ...(installation ? [installation.mechanism] : [])])];
  return { ...changes, commands: nothing ? [] : mechanisms.flatMap(reloadCommands) };
}

function sameFile(one: FoundFile | undefined, other: FoundFile | undefined): boolean {
  if (!one || !other) return one === other;
  return sameBytes(one.content, other.content) && one.mode === other.mode && one.uid === other.uid && one.gid === other.gid;
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** One character for each byte: what is not ours is written back as it was, whatever its encoding. */
export function textOf(file: { readonly content: Uint8Array } | undefined): string {
  return file ? Buffer.from(file.content).toString('latin1') : '';
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

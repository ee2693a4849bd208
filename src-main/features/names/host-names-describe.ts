import type { HostChange, HostNames } from '#contract/names.ts';
import type { FileChange, ResolverPlace, SystemChanges } from '#ports/host-resolver.ts';
import { blockOf } from './host-names-block.ts';
import { hostAddresses, newestFirst, type FeedInput } from './host-names-feed.ts';
import { hostsFile } from './host-names-mechanism.ts';
import { isNothing, planInstall, planUninstall, textOf, type HostSituation } from './host-names-plan.ts';

export type HostView = {
  readonly situation: HostSituation;
  readonly notes: readonly string[];
  /** Absent where the engine could not be asked. */
  readonly feed?: FeedInput;
  readonly resolver: ResolverPlace | undefined;
};

/** How this machine resolves the suffixes, in the contract's words. Pure. */
export function describeHost({ situation, notes, feed, resolver }: HostView): HostNames {
  const { installation, mechanism, suffixes, facts } = situation;
  const [missing, undo] = [planInstall(situation).changes, planUninstall(situation).changes];
  const state = isNothing(undo) && installation?.pending !== false ? 'absent' : isNothing(missing) && installation?.pending === false ? 'installed' : 'partial';
  const describe = (changes: SystemChanges) => describeChanges(changes, hostsFile(facts.platform));
  return {
    schema: 1,
    state,
    mechanism,
    ...(resolver && { resolver: { ...resolver } }),
    changes: suffixes.length === 0 ? [] : describe(state === 'installed' ? undo : missing),
    undoes: describe(undo),
    suffixes: [...suffixes],
    ...(feed && { answers: answersOf(feed) }),
    notes: [...notes],
  };
}

function answersOf(feed: FeedInput): NonNullable<HostNames['answers']> {
  return newestFirst(feed.sets).map((set) => ({ project: set.project, set: set.set, names: new Set(hostAddresses({ ...feed, sets: [set] }).map(({ name }) => name)).size }));
}

function describeChanges(changes: SystemChanges, hosts: string): HostChange[] {
  if (isNothing(changes)) return [];
  const { files, rules, commands } = changes;
  return [
    ...files.map((change) => describeFile(change, change.path === hosts)),
    ...(rules ? [{ what: 'the name resolution policy', now: rules.before.join('\n'), then: rules.after.map((domain) => `${domain} by ${rules.server}`).join('\n') }] : []),
    ...commands.map((command) => ({ what: 'afterwards', now: '', then: command.join(' ') })),
  ];
}

/** Of a hosts file only the block: the rest stays. */
function describeFile({ path, before, after }: FileChange, block: boolean): HostChange {
  const part = (file: FileChange['before']) => (block ? blockOf(textOf(file)) : file === undefined ? '' : Buffer.from(file.content).toString('utf8'));
  return { what: after === undefined ? `${path} (is removed)` : before === undefined ? `${path} (is new)` : path, now: part(before), then: part(after) };
}

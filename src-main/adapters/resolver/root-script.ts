import type { SystemChanges } from '#ports/host-resolver.ts';

/** One file of a change as a script finds it: the path, and copies of what it was and shall be; absent is absent. */
export type StagedChange = {
  readonly target: string;
  readonly before: string | undefined;
  readonly after: { readonly copy: string; readonly mode: number; readonly uid: number; readonly gid: number } | undefined;
};

/** A shell script that makes the same changes as Backlot would, for those who may. It stops before a file that others changed, and can be run again. Pure. */
export function rootScript(staged: readonly StagedChange[], { emptied, commands }: Pick<SystemChanges, 'emptied' | 'commands'>): string {
  return [
    '#!/bin/sh',
    '# Written by Backlot: the changes that it showed, and nothing else.',
    'set -eu',
    'same() { if [ "$2" = absent ]; then [ ! -e "$1" ]; else [ -e "$1" ] && cmp -s "$1" "$2"; fi; }',
    'refuse() { echo "$1 was changed by somebody else since: run backlot again" >&2; exit 1; }',
    ...staged.flatMap(changeLines),
    ...emptied.map((folder) => `rmdir ${quote(folder)} 2>/dev/null || true`),
    ...commands.map((command) => command.map(quote).join(' ')),
    'echo done',
    '',
  ].join('\n');
}

function changeLines({ target, before, after }: StagedChange): string[] {
  const file = quote(target);
  const [was, becomes] = [before === undefined ? 'absent' : quote(before), after === undefined ? 'absent' : quote(after.copy)];
  const put = after
    ? [
        `  mkdir -p -m 755 ${quote(target.slice(0, target.lastIndexOf('/')) || '/')}`,
        `  cp ${becomes} ${file}.backlot-new`,
        `  chown ${after.uid}:${after.gid} ${file}.backlot-new`,
        `  chmod ${after.mode.toString(8)} ${file}.backlot-new`,
        `  mv -f ${file}.backlot-new ${file} 2>/dev/null || { cat ${becomes} > ${file}; rm -f ${file}.backlot-new; }`,
      ]
    : [`  rm -f ${file}`];
  return ['', `if ! same ${file} ${becomes}; then`, `  same ${file} ${was} || refuse ${file}`, ...put, 'fi'];
}

/** A word that a shell takes as it is. */
export function quote(word: string): string {
  return /^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

import { BadgeCheck, Lock, LockOpen, PackageCheck, Rocket, Trash2, Undo2 } from 'lucide-react';
import type { Action } from './actions.ts';
import { commandLine } from './command-lines.ts';
import { openReleaseDialog } from './release-dialog.ts';

/** The page of a target, with `release` that one of its releases opened. */
export function releasesPath(target?: string, release?: string): string {
  return ['/releases', ...[target, release].filter((word) => word !== undefined).map(encodeURIComponent)].join('/');
}

/** The commands of what a dialog asks about, as they stand in the dialog too. */
export const releaseCommands = {
  promote: (directory: string, target: string, override?: string) => commandLine(['promote', '--target', target, ...(override === undefined ? [] : ['--override', override])], directory),
  deploy: (directory: string, target: string, more: { readonly revision?: string | undefined; readonly only?: string | undefined } = {}) =>
    commandLine(['deploy', target, ...(more.revision === undefined ? [] : ['--revision', more.revision.slice(0, 12)]), ...(more.only === undefined ? [] : ['--only', more.only])], directory),
  rollback: (directory: string, target: string, more: { readonly to?: string | undefined; readonly reason?: string | undefined } = {}) =>
    commandLine(['rollback', target, ...(more.to === undefined ? [] : ['--to', more.to.slice(0, 12)]), ...(more.reason === undefined ? [] : ['--reason', more.reason])], directory),
  lock: (directory: string, target: string, reason = 'REASON', duration = '1h') => commandLine(['targets', 'lock', target, '--reason', reason, '--for', duration], directory),
  unlock: (directory: string, target: string) => commandLine(['targets', 'unlock', target], directory),
  remove: (directory: string, target: string) => commandLine(['targets', 'remove', target], directory),
  evidence: (directory: string, reference: string) => commandLine(['evidence', reference], directory),
};

/** What can be done with a target. Each is asked about first. */
export function targetActions(directory: string, target: string): Readonly<Record<'promote' | 'deploy' | 'rollback' | 'lock' | 'unlock' | 'remove', Action>> {
  const place = { directory, target };
  return {
    promote: { id: `promote.${target}`, label: 'Promote…', icon: PackageCheck, command: releaseCommands.promote(directory, target), run: () => openReleaseDialog({ ...place, kind: 'promote' }) },
    deploy: { id: `deploy.${target}`, label: 'Deploy…', icon: Rocket, command: releaseCommands.deploy(directory, target), run: () => openReleaseDialog({ ...place, kind: 'deploy' }) },
    rollback: { id: `rollback.${target}`, label: 'Roll back…', icon: Undo2, command: releaseCommands.rollback(directory, target), run: () => openReleaseDialog({ ...place, kind: 'rollback' }) },
    lock: { id: `lock.${target}`, label: 'Lock…', icon: Lock, command: releaseCommands.lock(directory, target), run: () => openReleaseDialog({ ...place, kind: 'lock' }) },
    unlock: { id: `unlock.${target}`, label: 'Unlock…', icon: LockOpen, command: releaseCommands.unlock(directory, target), run: () => openReleaseDialog({ ...place, kind: 'unlock' }) },
    remove: { id: `remove.${target}`, label: 'Take away…', icon: Trash2, command: releaseCommands.remove(directory, target), run: () => openReleaseDialog({ ...place, kind: 'remove' }) },
  };
}

/** What can be done with one revision on its way to a target. */
export function revisionActions(directory: string, target: string, revision: string): Readonly<Record<'deploy' | 'rollback', Action>> {
  const { deploy, rollback } = targetActions(directory, target);
  return {
    deploy: { ...deploy, id: `${deploy.id}.${revision}`, command: releaseCommands.deploy(directory, target, { revision }), run: () => openReleaseDialog({ directory, target, kind: 'deploy', revision }) },
    rollback: { ...rollback, id: `${rollback.id}.${revision}`, label: 'Go back…', command: releaseCommands.rollback(directory, target, { to: revision }), run: () => openReleaseDialog({ directory, target, kind: 'rollback', to: revision }) },
  };
}

/** Shows what is known to have passed on an image, and whether that verifies. */
export function evidenceAction(directory: string, target: string, reference: string): Action {
  return { id: `evidence.${reference}`, label: 'Evidence…', icon: BadgeCheck, command: releaseCommands.evidence(directory, reference), run: () => openReleaseDialog({ directory, target, kind: 'evidence', reference }) };
}

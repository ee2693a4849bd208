import { Camera, CloudDownload, CloudUpload, Columns2, DatabaseZap, FilePlus2, RotateCcw, ShieldCheck, Trash2, Undo2 } from 'lucide-react';
import type { Action } from './actions.ts';
import { commandLine } from './command-lines.ts';
import { openFixtureDialog } from './fixture-dialog.ts';
import { launch } from './launch.ts';

type Place = { readonly directory: string; readonly set: string; navigate(path: string): void };

export const fixturePath = (name: string): string => `/fixtures/${encodeURIComponent(name)}`;
const previewPath = (name: string): string => `/fixtures/preview/${encodeURIComponent(name)}`;

/** The commands of what a dialog asks about, as it stands in the dialog too. */
export const fixtureCommands = {
  load: (directory: string, name: string, set: string) => commandLine(['fixture', 'load', name, '--set', set], directory),
  reset: (directory: string, set: string) => commandLine(['fixture', 'reset', '--set', set], directory),
  undo: (directory: string, set: string) => commandLine(['fixture', 'reset', '--undo', '--set', set], directory),
  push: (directory: string, name: string, reference: string) => commandLine(['fixture', 'push', name, reference], directory),
  pull: (directory: string, reference: string) => commandLine(['fixture', 'pull', reference], directory),
  remove: (directory: string, name: string, withData = false) => commandLine(['fixture', 'rm', name, ...(withData ? ['--with-data'] : [])], directory),
};

/** What can be done with a stored fixture, by its name or by the digest of one capture. */
export function storedActions({ directory, set, navigate }: Place, name: string): Readonly<Record<'load' | 'verify' | 'push' | 'remove', Action>> {
  return {
    load: { id: `fixture.load.${name}`, label: 'Load…', icon: DatabaseZap, command: fixtureCommands.load(directory, name, set), run: () => openFixtureDialog({ kind: 'load', directory, set, name }) },
    verify: {
      id: `fixture.verify.${name}`,
      label: 'Verify again',
      icon: ShieldCheck,
      command: commandLine(['fixture', 'verify', name], directory),
      run: () => {
        navigate(fixturePath(name));
        void launch({ method: 'fixtures.verify', directory, about: name, start: (core) => core.fixtures.verify({ directory, name }) });
      },
    },
    push: { id: `fixture.push.${name}`, label: 'Push…', icon: CloudUpload, command: fixtureCommands.push(directory, name, 'REF'), run: () => openFixtureDialog({ kind: 'push', directory, name }) },
    remove: { id: `fixture.remove.${name}`, label: 'Remove…', icon: Trash2, command: fixtureCommands.remove(directory, name), run: () => openFixtureDialog({ kind: 'remove', directory, name }) },
  };
}

/** What can be done with a fixture that the project declares. */
export function sourceActions({ directory, navigate }: Omit<Place, 'set'>, name: string): Readonly<Record<'capture' | 'preview' | 'propose', Action>> {
  const capture = (propose: boolean) => {
    navigate(fixturePath(name));
    void launch({ method: 'fixtures.capture', directory, about: name, ...(propose && { variant: 'propose' }), start: (core) => core.fixtures.capture({ directory, name, propose }) });
  };
  return {
    capture: { id: `fixture.capture.${name}`, label: 'Capture', icon: Camera, command: commandLine(['fixture', 'capture', name], directory), run: () => capture(false) },
    preview: { id: `fixture.preview.${name}`, label: 'Preview', icon: Columns2, command: commandLine(['fixture', 'preview', name], directory), run: () => navigate(previewPath(name)) },
    propose: { id: `fixture.propose.${name}`, label: 'Propose rules', icon: FilePlus2, command: commandLine(['fixture', 'capture', name, '--propose'], directory), run: () => capture(true) },
  };
}

/** What can be done with the data of a set. */
export function dataActions({ directory, set }: Omit<Place, 'navigate'>): Readonly<Record<'reset' | 'undo', Action>> {
  return {
    reset: { id: 'fixture.reset', label: 'Reset…', icon: RotateCcw, command: fixtureCommands.reset(directory, set), run: () => openFixtureDialog({ kind: 'reset', directory, set }) },
    undo: { id: 'fixture.undo', label: 'Undo…', icon: Undo2, command: fixtureCommands.undo(directory, set), run: () => openFixtureDialog({ kind: 'undo', directory, set }) },
  };
}

/** Gets a fixture from a registry. */
export function pullAction(directory: string): Action {
  return { id: 'fixture.pull', label: 'Pull…', icon: CloudDownload, command: fixtureCommands.pull(directory, 'REF'), run: () => openFixtureDialog({ kind: 'pull', directory }) };
}

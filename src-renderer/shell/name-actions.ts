import { CornerDownRight, HelpCircle, ShieldCheck } from 'lucide-react';
import { settleMiss } from '../state/guard.ts';
import type { Action } from './actions.ts';
import { commandLine } from './command-lines.ts';

/** The page that says why a name resolves as it does, asked from a service. */
export function whyPath(name: string, from?: string): string {
  return ['', 'names', 'why', name, from].filter((part) => part !== undefined).map(encodeURIComponent).join('/');
}

/** The page of names, narrowed to those of a service. */
export function namesOfPath(service: string): string {
  return `/names/of/${encodeURIComponent(service)}`;
}

/** The command that makes a missed name an alias of a service. */
export function aliasCommand(directory: string, name: string, service: string): string {
  return commandLine(['names', 'alias', name, service], directory);
}

/** The command that says why a name resolves as it does. */
export function whyCommand({ directory, set }: { readonly directory: string; readonly set: string }, name: string, from: string | undefined): string {
  return commandLine(['names', 'why', name, ...(from === undefined ? [] : ['--from', from]), '--set', set], directory);
}

/** What can be done about a missed name, besides making it somebody's alias. */
export function missActions({ directory, set }: { readonly directory: string; readonly set: string }, name: string, from: string | undefined, navigate: (path: string) => void): Readonly<Record<'why' | 'allow', Action>> {
  return {
    why: {
      id: `why.${name}`,
      label: 'Why?',
      icon: HelpCircle,
      command: whyCommand({ directory, set }, name, from),
      run: () => navigate(whyPath(name, from)),
    },
    allow: { id: `allow.${name}`, label: 'Allow', icon: ShieldCheck, command: commandLine(['names', 'allow', name], directory), run: () => void settleMiss(directory, name) },
  };
}

export const AliasIcon = CornerDownRight;

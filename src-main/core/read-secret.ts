import { BacklotError } from '#contract/errors.ts';
import type { SecretReference } from '#contract/secret-reference.ts';
import { Secret } from './secret.ts';

/** Where secrets are read from. */
export type SecretSources = {
  /** The value of an environment variable. */
  environment(name: string): string | undefined;
  /** The first line that a command prints. */
  command(command: readonly string[]): Promise<string>;
  /** An entry of the system's keychain. */
  keychain(name: string): Promise<string | undefined>;
};

/** The secret that a project refers to. Fails with `config-invalid` where it has no value; `what` says what it is for. */
export async function readSecret(reference: SecretReference, what: string, sources: SecretSources): Promise<Secret> {
  const text = await textOf(reference, sources);
  if (text !== undefined && text.trim() !== '') return new Secret(text.trim());
  throw new BacklotError('config-invalid', `${what} is missing: ${nameOf(reference)} has no value`, { fix: fixOf(reference) });
}

/** A text that may stand in the file, or be a secret. */
export async function readTextOrSecret(text: string | SecretReference, what: string, sources: SecretSources): Promise<Secret> {
  return typeof text === 'string' ? new Secret(text) : readSecret(text, what, sources);
}

function textOf({ env, command, keychain }: SecretReference, sources: SecretSources): Promise<string | undefined> | string | undefined {
  if (env !== undefined) return sources.environment(env);
  if (command !== undefined) return sources.command(command);
  return sources.keychain(keychain ?? '');
}

function fixOf({ env, keychain }: SecretReference): string {
  if (env !== undefined) return `Set it: export ${env}=…`;
  return keychain === undefined ? 'Put it there.' : `Put it there: secret-tool store --label=Backlot service backlot account ${keychain} (on macOS: security add-generic-password -s backlot -a ${keychain} -w)`;
}

function nameOf({ env, command, keychain }: SecretReference): string {
  if (env !== undefined) return `the environment variable ${env}`;
  if (command !== undefined) return `the command ${command.join(' ')}`;
  return `the entry ${keychain ?? ''} of the keychain`;
}

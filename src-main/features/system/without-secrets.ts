import { createRedactor, redactWords } from '#core/redact.ts';

/** Where Backlot runs, and as whom. */
export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly user: string;
  readonly host: string;
};

/** Everybody's: to take these out of a text says nothing, and makes it hard to read. */
const COMMON_NAMES = /^(root|user|node|ubuntu|debian|admin|docker|vagrant|localhost|runner)$/i;

/** A text for others: without secrets, e-mail addresses, and who and where somebody is. `more` are variables of others, such as of services. Pure. */
export function withoutSecrets(text: string, { environment, home, user, host }: Surroundings, more: readonly Surroundings['environment'][] = []): string {
  const redacted = more.reduce((left, variables) => createRedactor(variables).redact(left), redactWords(text, environment));
  const named = [[user, '[user]'], [host, '[host]']] as const;
  const atHome = home.length > 1 ? redacted.replaceAll(home, '~') : redacted;
  return named
    .reduce((left, [name, shown]) => (name === '' || COMMON_NAMES.test(name) ? left : left.replace(new RegExp(`(?<![\\w.-])${escaped(name)}(?![\\w-])`, 'g'), shown)), atHome)
    .replace(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[e-mail]');
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

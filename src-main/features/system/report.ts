import { toFailure } from '#contract/errors.ts';
import { timeLimit } from '#core/time-limit.ts';
import { withoutSecrets, type Surroundings } from './without-secrets.ts';

/** One part of a report: what is told is shown as it is where it is a text, else as YAML. Nothing where there is nothing to say. */
export type ReportPart = { readonly title: string; readonly tell: (directory: string, signal: AbortSignal) => Promise<unknown> };

export type ReportPorts = {
  /** What can be told anywhere, and what only of a project. */
  readonly parts: { readonly machine: readonly ReportPart[]; readonly project: readonly ReportPart[] };
  /** Variables of the project's services: the values of those that are called secrets stand nowhere in a report. */
  readonly variables: (directory: string, signal: AbortSignal) => Promise<readonly Surroundings['environment'][]>;
  readonly surroundings: Surroundings;
};

export type Report = { readonly schema: 1; /** What a file of it is called. */ readonly file: string; readonly text: string };

/** Milliseconds that each part has. */
const DEADLINE = 15_000;

/** What somebody else needs to know to help, as one text that can be read before it is given away. A part that cannot be told says why, and spoils no other. */
export async function report({ directory = '' }: { readonly directory?: string | undefined }, { parts, variables, surroundings }: ReportPorts, signal: AbortSignal): Promise<Report> {
  const made = new Date();
  const wanted = directory === '' ? parts.machine : [...parts.machine, ...parts.project];
  const [environments, ...sections] = await Promise.all([directory === '' ? [] : variables(directory, limited(signal)).catch(() => []), ...wanted.map((part) => sectionOf(part, directory, limited(signal)))]);
  signal.throwIfAborted();
  const text = [headOf(made), ...sections.filter((section) => section !== '')].join('\n');
  return { schema: 1, file: `backlot-report-${made.toISOString().slice(0, 16).replace(/[T:]/g, '-')}.md`, text: withoutSecrets(text, surroundings, environments) };
}

const limited = (signal: AbortSignal) => AbortSignal.any([signal, timeLimit(DEADLINE)]);

function headOf(made: Date): string {
  return `# Backlot report\n\nMade by \`backlot bundle\`, ${made.toISOString()}. Secrets, e-mail addresses and the names of this user and machine are taken out, as far as they can be told. **Read it before you give it to anybody.**\n`;
}

async function sectionOf({ title, tell }: ReportPart, directory: string, signal: AbortSignal): Promise<string> {
  const { stringify } = await import('yaml');
  try {
    const told = await tell(directory, signal);
    if (told === undefined || told === '') return '';
    return `## ${title}\n\n${typeof told === 'string' ? fenced('', told) : fenced('yaml', stringify(told, { lineWidth: 0, aliasDuplicateObjects: false }))}`;
  } catch (error) {
    const { message, where } = toFailure(error);
    return `## ${title}\n\nNot told: ${message}${where ? ` (${[where.file, where.line, where.column].filter((part) => part !== undefined).join(':')})` : ''}\n`;
  }
}

/** A block that nothing in the text ends. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}\n`;
}

import type { Option } from './command.ts';

/** Options that every verb takes, before or after its word. */
export const GLOBAL_OPTIONS: readonly Option[] = [
  { name: 'project', short: 'C', summary: 'Folder of the project; default: the nearest one upward with a backlot.yaml', value: { label: 'DIR', kind: 'text' } },
  { name: 'context', summary: 'Docker context of the engine', value: { label: 'NAME', kind: 'text' } },
  { name: 'host', summary: 'Address of the engine, such as unix:///var/run/docker.sock', value: { label: 'URL', kind: 'text' } },
  { name: 'json', summary: 'Print JSON: one document, or one event a line' },
  { name: 'quiet', short: 'q', summary: 'Print data and errors only' },
  { name: 'verbose', short: 'v', summary: 'Say more, and show stack traces' },
  { name: 'yes', short: 'y', summary: 'Answer every question with yes' },
  { name: 'no-input', summary: 'Never ask; implied by CI=true' },
  { name: 'help', short: 'h', summary: 'Show this help' },
];

export type Globals = {
  readonly project?: string;
  readonly context?: string;
  readonly host?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly yes: boolean;
  readonly noInput: boolean;
};

export function readGlobals(options: ReadonlyMap<string, string | number | true>): Globals {
  const value = (name: 'project' | 'context' | 'host') => {
    const given = options.get(name);
    return typeof given === 'string' ? { [name]: given } : {};
  };
  return {
    ...value('project'),
    ...value('context'),
    ...value('host'),
    json: options.has('json'),
    quiet: options.has('quiet'),
    verbose: options.has('verbose'),
    yes: options.has('yes'),
    noInput: options.has('no-input'),
  };
}

import type { Guess } from './guess-sets.ts';
import { SCHEMA_URL } from './project-schema.ts';

export type NewProject = { readonly name: string; readonly composeFiles: readonly string[]; readonly guess: Guess };

/** The text of a new `backlot.yaml`, with comments that say why and what next. */
export function writeProjectFile({ name, composeFiles, guess }: NewProject): string {
  return `# yaml-language-server: $schema=${SCHEMA_URL}
version: 1
name: ${scalar(name)}
compose: ${list(composeFiles)}

sets:
${minimalSet(guess)}
  # The whole topology, each container on its own address; nothing is published on this machine.
  production-like:
    services: all
${guess.profilesOnly ? '    # Every service has a profile of Compose: all of them, or those that you name.\n    profiles: ["*"]\n' : ''}    addresses: own

# Production names: every service also answers to its name with these suffixes, and to its aliases.
# names:
#   suffixes: [us-east-1.${name}.example]
#   aliases: { ${example(guess)}: ["pg-main-node-{1..2}"] }

# Test steps: "backlot run" runs them in containers, as CI does.
# stages:
#   unit: { run: npm test, junit: reports/*.xml }
`;
}

function minimalSet({ minimal, standIns, leftOut, reason }: Guess): string {
  const comment =
    reason === 'everything'
      ? ['Everything that the Compose file starts, on 127.0.0.1 at each service’s own port.']
      : [
          'What the applications need to run in your IDE, on 127.0.0.1 at each service’s own port.',
          ...(leftOut.length > 0 ? wrap(`Left out: ${leftOut.join(', ')}. Add what you would rather have running in a container; what it depends on comes along.`) : []),
        ];
  const stood = Object.entries(standIns).map(([owner, names]) => `      ${key(owner)}: ${list(names)}`);
  return [
    ...comment.map((line) => `  # ${line}`),
    '  minimal:',
    `    services: ${list(minimal)}`,
    '    addresses: localhost',
    ...(stood.length > 0 ? ['    # One node answers for the whole cluster.', '    standIns:', ...stood] : []),
    '',
  ].join('\n');
}

function example({ minimal }: Guess): string {
  return key(minimal[0] ?? 'db');
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 100) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** In flow style while it fits a line. */
function list(items: readonly string[]): string {
  const flow = `[${items.map(scalar).join(', ')}]`;
  return flow.length <= 100 ? flow : items.map((item) => `\n      - ${scalar(item)}`).join('');
}

function key(text: string): string {
  return scalar(text);
}

/** Quoted where YAML, of this version or the one before, would take it for something else than text. */
function scalar(text: string): string {
  const plain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

import type { ComposeSource } from './read-sources.ts';

/** What Compose warns of while it resolves, each with its place where it can be found. */
export function warningsOf(stderr: string, sources: readonly ComposeSource[]): string[] {
  const lines = stderr.split('\n').flatMap((line) => {
    const message = /level=warning msg="((?:\\.|[^"\\])*)"/.exec(line)?.[1];
    return message === undefined ? [] : [message.replaceAll('\\"', '"')];
  });
  return [...new Set(lines)].filter((line) => !isNoise(line)).map((line) => explain(line, sources));
}

function explain(message: string, sources: readonly ComposeSource[]): string {
  const variable = /The "?([A-Za-z_]\w*)"? variable is not set/.exec(message)?.[1];
  if (variable === undefined) return message;
  const place = placeOf(variable, sources);
  return `${place === undefined ? '' : `${place}: `}the variable ${variable} is not set, so it is empty; set it in the environment or in .env, or write \${${variable}:-default}`;
}

/** The top-level `version` is only out of fashion. */
function isNoise(message: string): boolean {
  return message.includes('`version` is obsolete') || message.includes('attribute `version`');
}

function placeOf(variable: string, sources: readonly ComposeSource[]): string | undefined {
  for (const { file, text } of sources) {
    const match = new RegExp(`(?<!\\$)\\$(\\{${variable}\\b|${variable}\\b)`).exec(text);
    if (!match) continue;
    const before = text.slice(0, match.index);
    return `${file}:${before.split('\n').length}:${match.index - before.lastIndexOf('\n')}`;
  }
  return undefined;
}

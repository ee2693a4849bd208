#!/usr/bin/env node
import { writeSync } from 'node:fs';
import nodeModule from 'node:module';
import { isatty } from 'node:tty';
import { COMMANDS } from './commands.ts';
import { showFailure } from './failure-text.ts';
import { helpText } from './help.ts';
import { parse, type Parsed } from './parse.ts';
import { createScreen, type Screen } from './screen.ts';
import { UsageError, USAGE_EXIT } from './usage.ts';
import { VERSION } from './version.ts';

// Node 20 does not have it yet.
(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();

process.exitCode = await main(process.argv.slice(2));

/** What needs nothing of the core is answered here, with as little loaded as can be. */
async function main(words: readonly string[]): Promise<number> {
  const parsed = read(words);
  switch (parsed.kind) {
    case 'usage':
      return refuse(parsed.error, words);
    case 'version':
      return print(1, `${VERSION}\n`, 0);
    case 'help':
      return print(1, helpText(parsed, screenOf(1).paint), 0);
    case 'run': {
      const { start } = await import('./start.ts');
      return start(parsed, process.env);
    }
    default:
      return parsed satisfies never;
  }
}

function read(words: readonly string[]): Parsed | { readonly kind: 'usage'; readonly error: UsageError } {
  try {
    return parse(words, COMMANDS);
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'usage', error };
    throw error;
  }
}

function refuse(error: UsageError, words: readonly string[]): number {
  const end = words.indexOf('--');
  const asked = (end < 0 ? words : words.slice(0, end)).includes('--json');
  if (asked) return print(1, `${JSON.stringify({ type: 'result', time: new Date().toISOString(), ok: false, schema: 1, error: error.failure })}\n`, USAGE_EXIT);
  return print(2, showFailure(error.failure, screenOf(2)), USAGE_EXIT);
}

function screenOf(descriptor: 1 | 2): Screen {
  return createScreen({ isTTY: isatty(descriptor) }, process.env);
}

/** Written at once: the streams of `process` take longer to load than this text to print. A reader that left is no error. */
function print(descriptor: 1 | 2, text: string, code: number): number {
  try {
    writeSync(descriptor, text);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : undefined;
    if (reason === 'EAGAIN') (descriptor === 1 ? process.stdout : process.stderr).write(text);
    else if (reason !== 'EPIPE') throw error;
  }
  return code;
}

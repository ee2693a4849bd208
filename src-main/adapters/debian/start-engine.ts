import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import type { Commands } from './commands.ts';

const ENGINE_LOG = '/var/log/dockerd.log';
const ENGINE = 'dockerd';
const LIMIT = 60_000;

/** Starts the engine by systemd where that runs, else as a process of its own that outlives us; resolves when it answers. */
export async function startEngine(systemd: boolean, commands: Commands, signal: AbortSignal): Promise<void> {
  if (systemd) {
    await commands.must('systemctl', ['start', 'docker'], { timeout: LIMIT, code: 'engine-unreachable', fix: 'journalctl -u docker says why.' }, signal);
    return untilItAnswers(() => undefined, commands, signal);
  }
  const engine = startAlone();
  return untilItAnswers(engine.ended, commands, signal);
}

/** In a session of its own and without our pipes: neither our end nor our terminal's reaches it. */
function startAlone(): { ended(): string | undefined } {
  mkdirSync('/var/log', { recursive: true });
  const log = openSync(ENGINE_LOG, 'a');
  const child = spawn(ENGINE, [], { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `dockerd ended with ${code ?? signal}`));
  child.unref();
  return { ended: () => ended };
}

async function untilItAnswers(ended: () => string | undefined, commands: Commands, signal: AbortSignal): Promise<void> {
  const end = Date.now() + LIMIT;
  while (!(await commands.ask('docker', ['version', '--format', '{{.Server.Version}}'], signal))) {
    const why = ended() ?? (Date.now() > end ? `it did not answer within ${LIMIT / 1000} s` : undefined);
    if (why) throw new BacklotError('engine-unreachable', `The Docker engine did not start: ${why}`, { cause: await lastLines(), fix: `Look into ${ENGINE_LOG}.` });
    await delay(100, undefined, { signal });
  }
}

async function lastLines(): Promise<string> {
  const text = await readFile(ENGINE_LOG, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-4).join('\n');
}

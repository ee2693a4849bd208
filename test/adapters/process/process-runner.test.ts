import { describe, expect, test } from 'vitest';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { childEnvironment } from '#adapters/process/child-environment.ts';

const runner = createProcessRunner(process.env);
const never = new AbortController().signal;
const node = process.execPath;

/** Runs JavaScript in a child. */
const script = (text: string, options = {}, signal = never) => runner.run(node, ['-e', text], options, signal);

async function ended(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { timeout: 8_000 }).toBe(false);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the process runner', () => {
  test('gives the exit code and both streams', async () => {
    expect(await script('console.log("out"); console.error("err"); process.exitCode = 3')).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  test('passes arguments as they are, through no shell', async () => {
    const nasty = '$(touch /tmp/x); `id` "\' \n *';
    const { stdout } = await runner.run(node, ['-e', 'process.stdout.write(process.argv[1])', '--', nasty], {}, never);
    expect(stdout).toBe(nasty);
  });

  test('gives lines as they come, with characters that were split between chunks', async () => {
    const lines: string[] = [];
    await script(
      `process.stdout.write(Buffer.from([0x61, 0xc3])); setTimeout(() => { process.stdout.write(Buffer.from([0xa4, 0x0d, 0x0a, 0xff])); console.error('e') }, 30)`,
      { onLine: (line: string, stream: string) => lines.push(`${stream}:${line}`) },
    );
    expect(lines.sort()).toEqual(['stderr:e', 'stdout:a\u00e4', 'stdout:\ufffd']);
  });

  test('gives a line that never ends in pieces, and holds no more of it', async () => {
    let longest = 0;
    let total = 0;
    await script('process.stdout.write("x".repeat(10_000_000))', {
      onLine: (line: string) => {
        longest = Math.max(longest, line.length);
        total += line.length;
      },
    });
    expect(total).toBe(10_000_000);
    expect(longest).toBeLessThan(300_000);
  });

  test('keeps the last 64 KiB of the error stream', async () => {
    const { stderr } = await script('process.stderr.write("a".repeat(1_000_000) + "end")');
    expect(stderr).toHaveLength(64 * 1024);
    expect(stderr.endsWith('aend')).toBe(true);
  });

  test('keeps the first 64 MiB of the output, and the command ends all the same', async () => {
    const { stdout, exitCode } = await script(
      'const block = "x".repeat(1 << 20); let left = 80; const write = () => { while (left-- > 0) if (!process.stdout.write(block)) return process.stdout.once("drain", write) }; write()',
    );
    expect(exitCode).toBe(0);
    expect(stdout).toHaveLength(64 * 1024 * 1024);
  });

  test('writes input, and survives a command that does not read it', async () => {
    const { stdout } = await script('process.stdin.pipe(process.stdout)', { input: 'hello' });
    expect(stdout).toBe('hello');
    expect(await script('process.exit(0)', { input: 'x'.repeat(5_000_000) })).toMatchObject({ exitCode: 0 });
  });

  test('names the program that is not there, with a fix', async () => {
    await expect(runner.run('backlot-no-such-program', [], {}, never)).rejects.toMatchObject({
      code: 'command-failed',
      message: 'The program backlot-no-such-program was not found',
      fix: expect.stringContaining('PATH'),
      cause: expect.objectContaining({ code: 'ENOENT' }),
    });
  });

  test('names the folder that is not there', async () => {
    await expect(runner.run(node, [], { directory: '/no/such/folder' }, never)).rejects.toMatchObject({
      code: 'command-failed',
      message: expect.stringContaining('/no/such/folder'),
    });
  });

  test('names the program that cannot be started', async () => {
    await expect(runner.run('/etc/passwd', [], {}, never)).rejects.toMatchObject({ code: 'command-failed', fix: expect.stringContaining('chmod') });
    await expect(runner.run(node, ['\0'], {}, never)).rejects.toMatchObject({ code: 'command-failed' });
  });

  test('starts nothing when it is cancelled already', async () => {
    await expect(script('', {}, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('ends a command that hangs, but not one that keeps talking', async () => {
    await expect(script('setInterval(() => {}, 1000)', { inactivity: 300 })).rejects.toMatchObject({ code: 'command-failed', message: expect.stringContaining('hangs') });
    const { stdout } = await script('let n = 0; const t = setInterval(() => { console.log(n); if (++n === 12) clearInterval(t) }, 100)', { inactivity: 1_000 });
    expect(stdout.split('\n')).toHaveLength(13);
  });

  test('ends a command that takes too long', async () => {
    await expect(script('setInterval(() => console.log(1), 10)', { timeout: 300 })).rejects.toMatchObject({ code: 'command-failed', message: expect.stringContaining('0.3 s') });
  });

  test('cancelling ends the whole group, grandchildren included', async () => {
    const controller = new AbortController();
    const pids: number[] = [];
    const run = script(
      `const { spawn } = require('child_process'); const c = spawn(process.execPath, ['-e', 'setInterval(()=>{},1000)']); console.log(process.pid); console.log(c.pid); setInterval(()=>{},1000)`,
      {
        onLine: (line: string) => {
          pids.push(Number(line));
          if (pids.length === 2) controller.abort();
        },
      },
      controller.signal,
    );
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    for (const pid of pids) await ended(pid);
  });

  test('kills a command that ignores the request to end', async () => {
    const controller = new AbortController();
    let pid = 0;
    const started = performance.now();
    const run = script(
      `process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(()=>{},1000)`,
      {
        onLine: (line: string) => {
          pid = Number(line);
          controller.abort();
        },
      },
      controller.signal,
    );
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - started).toBeGreaterThan(4_900);
    await ended(pid);
  }, 15_000);

  test('does not wait for a stranger that a command left behind with its output', async () => {
    let pid = 0;
    const { exitCode } = await script(
      `const { spawn } = require('child_process'); const c = spawn(process.execPath, ['-e', 'setInterval(()=>{},1000)'], { detached: true, stdio: 'inherit' }); c.unref(); console.log(c.pid)`,
      { onLine: (line: string) => (pid = Number(line)) },
    );
    expect(exitCode).toBe(0);
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  test('tells a command that was killed by its signal', async () => {
    expect(await script('process.kill(process.pid, "SIGKILL")')).toMatchObject({ exitCode: 137 });
  });
});

describe('the environment of a child process', () => {
  test('holds what it needs and none of our secrets', () => {
    expect(
      childEnvironment({
        PATH: '/bin', HOME: '/home/a', LC_ALL: 'C', DOCKER_HOST: 'unix:///x', BUILDKIT_PROGRESS: 'plain', COMPOSE_PARALLEL_LIMIT: '4',
        https_proxy: 'http://p', NO_PROXY: 'localhost', XDG_RUNTIME_DIR: '/run', SSH_AUTH_SOCK: '/s',
        COMPOSE_FILE: 'other.yaml', COMPOSE_PROJECT_NAME: 'other', COMPOSE_PROFILES: 'all', AWS_SECRET_ACCESS_KEY: 'secret', NODE_OPTIONS: '--inspect', GONE: undefined,
      }),
    ).toEqual({
      PATH: '/bin', HOME: '/home/a', LC_ALL: 'C', DOCKER_HOST: 'unix:///x', BUILDKIT_PROGRESS: 'plain', COMPOSE_PARALLEL_LIMIT: '4',
      https_proxy: 'http://p', NO_PROXY: 'localhost', XDG_RUNTIME_DIR: '/run', SSH_AUTH_SOCK: '/s',
    });
  });

  test('takes what the caller adds', () => {
    expect(childEnvironment({ PATH: '/bin' }, { PATH: '/usr/bin', AWS_PROFILE: 'dev' })).toEqual({ PATH: '/usr/bin', AWS_PROFILE: 'dev' });
  });
});

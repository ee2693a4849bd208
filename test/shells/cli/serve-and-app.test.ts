import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/backlot.ts';
import { lines, run, start } from './run-cli.ts';

let home = '';
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'backlot-cli-'))));
afterAll(() => rm(home, { recursive: true, force: true }));

test('serve prints its address as an event, answers there, and ends with the first signal', async () => {
  const { child, stdout, ended } = start({ directory: '/', home }, ['serve', '--json']);
  const [listening] = await eventually(async () => {
    const events = lines(stdout());
    expect(events).toHaveLength(1);
    return events;
  });
  expect(listening).toMatchObject({ type: 'listening', time: expect.any(String), url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#/) });
  expect((await fetch(String(listening?.['url']))).status).toBe(200);
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
});

test('app without Electron or a display points to the browser', async () => {
  const { code, stderr } = await run({ directory: '/', home, environment: { BACKLOT_ELECTRON: process.execPath } }, ['app']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('fix: Open the same interface in a browser: backlot serve --open') });
});

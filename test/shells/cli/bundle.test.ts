import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { withScene } from '../../support/backlot.ts';
import { lines, run } from './run-cli.ts';

const COMPOSE = `name: NAME
services:
  api:
    image: debian:bookworm-slim
    labels: { dev.backlot.test: "1" }
    environment: { API_TOKEN: "a-token-of-the-service" }
    command: sh -c 'echo cannot use $$API_TOKEN for person@mail.example; exit 3'
`;

test('bundle writes one text that says what is wrong, without secrets; over no file, and without an engine too', () =>
  withScene({ 'compose.yaml': COMPOSE }, async ({ directory, home }) => {
    const place = { directory, home, environment: { OTHER_SECRET: 'a-secret-of-this-shell' } };
    const file = path.join(directory, 'report.md');
    expect((await run(place, ['up'])).code).not.toBe(0);
    expect(await run(place, ['bundle', file])).toMatchObject({ code: 0, stdout: expect.stringMatching(/report\.md\nRead it before/) as string });
    const text = await readFile(file, 'utf8');
    for (const title of ['Versions', 'Machine', 'Doctor', 'Latest work', 'backlot.yaml', 'Project', 'What is up', 'Last lines of what is not well', 'Latest runs', 'Fixtures']) expect(text).toContain(`## ${title}\n`);
    expect(text).toMatch(/minimal\/api: cannot use \[secret\] for \[e-mail\]/);
    expect(text).toMatch(/method: stack\.up[^]*state: failed/);
    expect(text).not.toMatch(/a-token-of-the-service|a-secret-of-this-shell|Not told/);
    expect((await stat(file)).mode & 0o077).toBe(0);

    expect(await run(place, ['bundle', file])).toMatchObject({ code: 3, stderr: expect.stringMatching(/is there already[^]*--yes/) as string });
    const blind = { directory, home, environment: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } };
    const again = await run(blind, ['bundle', file, '--yes', '--json']);
    expect([again.code, lines(again.stdout)]).toEqual([0, [{ type: 'result', time: expect.any(String) as string, ok: true, schema: 1, file }]]);
    expect(await readFile(file, 'utf8')).toMatch(/## What is up\n\nNot told: /);
    expect(await run(place, ['bundle', path.join(directory, 'no', 'folder.md')])).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be written') as string });
  }), 120_000);

import { expect, test } from 'vitest';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { docker, eventually } from '../../support/backlot.ts';

test('commands that run inside containers are no events, and do not end the feed of those that are', async () => {
  const engine = createDockerEngine({ choice: {}, environment: process.env, home: '/' });
  const scope = new AbortController();
  const name = `bt-events-${process.pid}`;
  const seen: string[] = [];
  try {
    await docker('run', '-d', '--name', name, '--label', 'dev.backlot.test=1', 'debian:bookworm-slim', 'sleep', '300');
    await engine.connect(scope.signal);
    const reading = (async () => {
      for await (const { action, attributes } of engine.events(scope.signal)) if (attributes['name'] === name) seen.push(action);
    })();
    await eventually(async () => {
      await docker('exec', name, 'true');
      await docker('exec', name, 'true');
      await docker('pause', name);
      await docker('unpause', name);
      expect(seen).toContain('unpause');
    });
    expect(seen.filter((action) => action.startsWith('exec'))).toEqual([]);
    scope.abort();
    await reading;
  } finally {
    scope.abort();
    engine.close();
    await docker('rm', '-fv', name);
  }
});

import { expect, test } from 'vitest';
import { docker, withScene } from '../../support/backlot.ts';

const files = {
  'compose.yaml': 'name: NAME\nservices:\n  web:\n    image: debian:bookworm-slim\n    stop_grace_period: 0s\n    command: ["sleep", "600"]\n',
};

test('a shell in a container runs there, outlives its readers, and is gone with all that it started when it is closed', () =>
  withScene(files, async (scene) => {
    await scene.run(scene.backlot.stack.up({ directory: scene.directory }));
    const { id, title } = await scene.backlot.terminals.open({ directory: scene.directory, service: 'web', columns: 80, rows: 24 });
    expect(title).toBe('web');
    await scene.backlot.terminals.write({ id, text: 'id -un; (sleep 501 &) ; sleep 502\r' });
    let screen = '';
    for await (const output of scene.backlot.terminals.output({ id })) {
      if (output.type !== 'ended') screen += output.text;
      if (/[\r\n]root\r\n/.test(screen)) break;
    }
    const container = await docker('ps', '-q', '--filter', `label=com.docker.compose.project=${scene.name}`);
    await expect.poll(() => docker('top', container)).toMatch(/sleep 501[^]*sleep 502|sleep 502[^]*sleep 501/);
    await scene.backlot.terminals.close({ id });
    await expect.poll(async () => (await docker('top', container)).split('\n').length).toBe(2);
    expect(await docker('top', container)).toContain('sleep 600');
  }));

test('a shell of a container that is gone can be closed', () =>
  withScene(files, async (scene) => {
    await scene.run(scene.backlot.stack.up({ directory: scene.directory }));
    const { id } = await scene.backlot.terminals.open({ directory: scene.directory, service: 'web', columns: 80, rows: 24 });
    await scene.run(scene.backlot.stack.down({ directory: scene.directory }));
    const outputs = [];
    for await (const output of scene.backlot.terminals.output({ id })) outputs.push(output.type);
    expect(outputs.at(-1)).toBe('ended');
    await scene.backlot.terminals.close({ id });
    expect((await scene.backlot.terminals.list({})).terminals).toEqual([]);
  }));

test('a shell on the host knows how to reach the environment', () =>
  withScene(files, async (scene) => {
    await scene.run(scene.backlot.stack.up({ directory: scene.directory }));
    const { id, title } = await scene.backlot.terminals.open({ directory: scene.directory, columns: 80, rows: 24 });
    expect(title).toBe('host · minimal');
    await scene.backlot.terminals.write({ id, text: 'pwd; exit 4\r' });
    let screen = '';
    for await (const output of scene.backlot.terminals.output({ id })) {
      if (output.type === 'ended') expect(output.exitCode).toBe(4);
      else screen += output.text;
    }
    expect(screen.replaceAll('\r\n', '')).toContain(scene.directory);
  }));

import { execFile } from 'node:child_process';
import { realpath, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { docker, withScene } from '../../support/backlot.ts';
import { CLI } from './run-cli.ts';
import { freePort } from '../../support/free-port.ts';

const run = promisify(execFile);
const COMPOSE = 'name: NAME\nservices:\n  db:\n    image: redis:7\n    stop_grace_period: 0s\n    labels: { dev.backlot.test: "1" }\n';
const FILE = 'version: 1\nname: NAME\ncompose: [compose.yaml]\nnames: { suffixes: [us.NAME.example] }\nsets: { full: { services: all, addresses: own } }\n';

/** What a person would type on a machine that has nothing but a hosts file. */
const SESSION = `set -e
cp -p /etc/hosts /tmp/before
backlot() { node "$CLI" "$@" >> /tmp/log 2>&1 || { cat /tmp/log; exit 1; }; }
backlot up -q
backlot names install --yes
getent hosts "db.us.$NAME.example"
backlot down -q
getent hosts "db.us.$NAME.example" || echo gone
backlot names uninstall --yes
cmp /etc/hosts /tmp/before
[ "$(stat -c '%a %u %g' /etc/hosts)" = "$(stat -c '%a %u %g' /tmp/before)" ] && echo same
`;

test('a real hosts file, which a container has mounted, resolves what is up and is put back', () =>
  withScene({ 'compose.yaml': COMPOSE, 'backlot.yaml': FILE }, async ({ directory, home, name, app }) => {
    expect(app).toBeDefined();
    const port = await freePort();
    onTestFinished(async () => void (await docker('rm', '-fv', `backlot-names-${port}`).catch(() => '')));
    await writeFile(join(directory, 'session.sh'), SESSION);
    const { stdout: client } = await run('which', ['docker']);
    const plugin = await realpath(join(homedir(), '.docker/cli-plugins/docker-compose')).catch(() => '/usr/libexec/docker/cli-plugins/docker-compose');
    const checkout = join(CLI, '../../..');
    const mounts = [`${checkout}:${checkout}:ro`, `${directory}:${directory}`, `${home}:${home}`, '/var/run/docker.sock:/var/run/docker.sock', `${await realpath(client.trim())}:/usr/bin/docker:ro`, `${plugin}:/root/.docker/cli-plugins/docker-compose:ro`];
    const variables = { CLI, NAME: name, BACKLOT_HOME: home, BACKLOT_DNS_PORT: String(port) };
    const output = await docker(
      ...['run', '--rm', '--label', 'dev.backlot.test=1', '--network', 'host', '--workdir', directory],
      ...mounts.flatMap((mount) => ['--volume', mount]),
      ...Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      ...['node:20-slim', 'sh', join(directory, 'session.sh')],
    );
    expect(output).toMatch(new RegExp(`^\\d+[.]\\d+[.]\\d+[.]\\d+ +db[.]us[.]${name}[.]example\ngone\nsame$`));
  }), 120_000);

import { expect, test } from 'vitest';
import { createCompose } from '#adapters/compose/compose.ts';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { createLoadAsOf } from '#features/project/load-as-of.ts';
import { roll } from '#features/releases/roll.ts';
import type { DeployOrder } from '#ports/deployer.ts';
import { git, never, releaseScene } from './release-scene.ts';

const FILE = 'version: 1\nname: NAME\nbuild: { image: NAME/shop }\n';
const compose = (who: string, more = '') => `services:\n  app:\n    image: NAME/shop\n    environment: { WHO: ${who}, SECRET: "$\{SECRET}" }\n    volumes: ["./data:/data"]\n${more}`;

test('a pair is made from the Compose files of the revision that is deployed or gone back to, with the variables and folders of the checkout', async () => {
  const made = await releaseScene({ 'backlot.yaml': FILE, 'compose.yaml': compose('one', '    env_file: [own.env]\n'), 'own.env': 'LEVEL=1\n', '.gitignore': '.env\n', '.env': 'SECRET=today\n' });
  const first = await made.commit();
  await made.write({ 'backlot.yaml': `${FILE}compose: [deploy/compose.yaml]\n`, 'deploy/compose.yaml': compose('two'), 'compose.override.yaml': compose('never') });
  await git(made.directory, 'rm', '--quiet', 'compose.yaml');
  const second = await made.commit();
  const { environment } = made.ports;
  const ports = { compose: createCompose({ runner: createProcessRunner(environment), commandLine: () => made.ports.engine.commandLine(), environment }), files: createProjectFiles(), environment };
  const appOf = async (revision: string, mode: DeployOrder['mode']) => {
    let app: unknown;
    const pair = { deploy: async (_settings: unknown, { directory, files }: DeployOrder) => {
      app = (await createLoadAsOf(ports, files)(directory, never)).services['app']?.resolved;
      return {};
    } };
    const order = { release: 'r', project: 'shop', directory: made.directory, files: made.directory, target: 'staging', revision, image: 'i', who: 'ann', mode };
    await roll({ pair: { service: 'app', port: 8080, public: 80 } }, order, { ...made.ports, deployers: { pair } }, { ...made.work, redact: (text) => text, secret: () => Promise.reject(new Error('none')) });
    return app;
  };
  // What a Compose file names in its turn is today's.
  await made.write({ 'own.env': 'LEVEL=3\n' });
  expect(await appOf(first, 'rollback')).toMatchObject({ environment: { WHO: 'one', SECRET: 'today', LEVEL: '3' }, volumes: [{ source: `${made.directory}/data` }] });
  await git(made.directory, 'checkout', '--', 'own.env');
  expect(await appOf(second, 'deploy')).toMatchObject({ environment: { WHO: 'two' } });
  await git(made.directory, 'checkout', '--quiet', first);
  expect(await appOf(second, 'deploy')).toMatchObject({ environment: { WHO: 'two' } });
  expect(made.told).toEqual([]);
});

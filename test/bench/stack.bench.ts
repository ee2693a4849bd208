import { alternately, backlot, chain, measureUp, timed, withProject, type Measured, type Row } from './bench.ts';

async function upAgain(): Promise<Measured> {
  const measure = async (up: () => Promise<number>) => {
    await up();
    const times = [];
    for (let round = 0; round < 7; round++) times.push(await up());
    return times;
  };
  return withProject(chain, async ({ directory, env }) => {
    const ours = await measure(() => timed('node', [backlot, 'up', '-C', directory], { env }));
    await timed('node', [backlot, 'down', '-C', directory], { env });
    const values = await measure(() => timed('docker', ['compose', 'up', '-d', '--wait'], { cwd: directory }));
    return { unit: 'ms', ours, peer: { name: 'docker compose up -d --wait, again', values } };
  });
}

async function ps(): Promise<Measured> {
  return withProject(chain, async ({ directory, env }) => {
    await timed('node', [backlot, 'up', '-C', directory], { env });
    const { ours, peer } = await alternately(
      15,
      () => timed('node', [backlot, 'ps', '-C', directory], { env }),
      () => timed('docker', ['compose', 'ps'], { cwd: directory }),
    );
    return { unit: 'ms', ours, peer: { name: 'docker compose ps', values: peer } };
  });
}

async function help(): Promise<Measured> {
  const { ours, peer } = await alternately(15, () => timed('node', [backlot, 'up', '--help']), () => timed('docker', ['compose', 'up', '--help']));
  return { unit: 'ms', ours, peer: { name: 'docker compose up --help', values: peer } };
}

async function down(): Promise<Measured> {
  return withProject(chain, async ({ directory, env }) => {
    const { ours, peer } = await alternately(
      4,
      async () => {
        await timed('node', [backlot, 'up', '-C', directory], { env });
        return (await timed('node', [backlot, 'down', '-C', directory], { env })) / 1000;
      },
      async () => {
        await timed('docker', ['compose', 'up', '-d'], { cwd: directory });
        return (await timed('docker', ['compose', 'down'], { cwd: directory })) / 1000;
      },
    );
    return { unit: 's', ours, peer: { name: 'docker compose down', values: peer } };
  });
}

export const stackRows: readonly Row[] = [
  { name: 'up of a chain of four, 5 s health intervals', goal: 0.2, measure: () => measureUp(chain, 5) },
  { name: 'second up', goal: 1, measure: upAgain },
  { name: 'down', goal: 1.1, measure: down },
  { name: 'ps', goal: 1.5, measure: ps },
  { name: 'help', goal: 1.5, measure: help },
];

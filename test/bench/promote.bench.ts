import { alternately, type Measured, type Row } from './bench.ts';
import { docker, passed, withReleaseRig, type ReleaseRig } from './release-rig.ts';

/** Megabytes of the image that nothing compresses. */
const SIZE = 64;

type Bench = ReleaseRig & { readonly id: string };

const withBench = <Result>(body: (bench: Bench) => Promise<Result>): Promise<Result> => withReleaseRig(async (rig) => body({ ...rig, id: await rig.build({ Dockerfile: `FROM debian:bookworm-slim\nRUN head -c ${SIZE}M /dev/urandom >/noise\n` }) }));

async function settle({ settle: settleFiles, registry, id }: Bench, repository: string): Promise<void> {
  const name = `${registry}/${repository}`;
  await settleFiles({ 'backlot.yaml': `version: 1\nname: bench\nbuild: { image: ${name} }\ntargets: { staging: { requires: [unit], platform: linux/amd64 } }\n` }, { id, name });
}

async function promote({ backlot, directory, end }: Bench): Promise<number> {
  const began = performance.now();
  passed(await end(backlot.releases.promote({ directory, target: 'staging' })));
  return performance.now() - began;
}

async function again(): Promise<Measured> {
  return withBench(async (bench) => {
    await settle(bench, 'bench/again');
    await promote(bench);
    const push = () => bench.push(bench.id, `${bench.registry}/bench/peer:1`);
    await push();
    const { ours, peer } = await alternately(25, () => promote(bench), push);
    const typed: number[] = [];
    for (let round = 0; round < 5; round++) {
      const began = performance.now();
      await docker('push', '--quiet', `${bench.registry}/bench/peer:1`);
      typed.push(performance.now() - began);
    }
    return { unit: 'ms', ours, peer: { name: 'docker push again, without its process', values: peer }, note: `ours in this process, with the whole gate: git status, the remote asked, evidence verified; the command docker push, with its process: ${Math.min(...typed).toFixed(0)} ms at best` };
  });
}

/** Beside skopeo from one repository of the registry to another, new one; its process start is taken away by what `skopeo --version` takes. */
async function besideSkopeo(): Promise<Measured> {
  return withBench(async (bench) => {
    const image = await bench.build({ Dockerfile: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends skopeo && rm -rf /var/lib/apt/lists/*\n' });
    const skopeo = await docker('run', '-d', '--label', 'dev.backlot.test=1', '--network', 'host', '--init', image, 'sleep', '3600');
    try {
      await settle(bench, 'bench/again');
      await promote(bench);
      await bench.push(bench.id, `${bench.registry}/bench/from:1`);
      const timed = async (...args: string[]) => {
        const began = performance.now();
        await docker('exec', skopeo, 'skopeo', ...args);
        return performance.now() - began;
      };
      let copies = 0;
      const copy = async () => {
        const start = await timed('--version');
        return (await timed('copy', '--quiet', '--src-tls-verify=false', '--dest-tls-verify=false', `docker://${bench.registry}/bench/from:1`, `docker://${bench.registry}/bench/to-${copies++}:1`)) - start;
      };
      await copy();
      const { ours, peer } = await alternately(15, () => promote(bench), copy);
      return { unit: 'ms', ours, peer: { name: 'skopeo copy to another repository of that registry, without its process', values: peer }, note: 'with the whole gate; ours in this process' };
    } finally {
      await docker('rm', '-fv', skopeo);
    }
  });
}

/** Each push goes to a registry of its own: the engine would take layers over from one that has them. */
async function fresh(): Promise<Measured> {
  const values: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < 4; round++) {
    await withBench(async (bench) => {
      await settle(bench, 'bench/ours');
      values.push(await promote(bench));
    });
    await withBench(async (bench) => void peer.push(await bench.push(bench.id, `${bench.registry}/bench/peer:1`)));
  }
  return { unit: 'ms', ours: values, peer: { name: 'docker push, without its process', values: peer }, note: `${SIZE} MB that nothing compresses, on a base of 74 MB` };
}

export const promoteRows: readonly Row[] = [
  { name: 'promote-new', goal: 1.1, measure: fresh },
  { name: 'promote-again', goal: 0.5, measure: again },
  { name: 'promote-again-skopeo', goal: 0.05, measure: besideSkopeo },
];

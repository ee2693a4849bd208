import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSwarm, type SecondEngine } from '../adapters/deploy/second-engine.ts';
import { freePort } from '../support/free-port.ts';
import { startLoad } from '../support/load.ts';
import { alternately, type Measured, type Row } from './bench.ts';
import { passed, withReleaseRig, type ReleaseRig } from './release-rig.ts';

const execute = promisify(execFile);

/** Says which version it is; how it does is written into the image. */
const APP = `const http = require('node:http');
const { version, fails } = require('./how.json');
http.createServer((request, response) => response.writeHead(fails && request.url !== '/health' ? 500 : 200).end(version)).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;

type Pair = ReleaseRig & { readonly port: number; /** Builds, commits, tests and promotes a version, and answers its revision. */ readonly promoted: (version: string, fails?: boolean) => Promise<string> };

async function withPair<Result>(body: (pair: Pair) => Promise<Result>): Promise<Result> {
  return withReleaseRig(async (rig) => {
    const port = await freePort();
    const { name, registry, directory, backlot, end } = rig;
    const files = {
      'compose.yaml': `name: ${name}\nservices: { app: { image: ${name}/shop } }\n`,
      'backlot.yaml': `version: 1\nname: ${name}\nbuild: { image: ${name}/shop }\nregistry: ${registry}\ncompose: [compose.yaml]\nsets: { all: { services: all } }\nstages: { unit: { run: "true" } }\ntargets:\n  live:\n    requires: [unit]\n    deploy: { pair: { service: app, port: 8080, public: ${port}, steps: [10%, 50%, 100%], drain: 2s } }\n    kpi: { window: 3s, interval: 100ms, checks: [{ name: errors, haproxy: { backend: app, metric: error-rate }, max: 5% }] }\n`,
    };
    try {
      return await body({
        ...rig,
        port,
        async promoted(version, fails = false) {
          const id = await rig.build({ Dockerfile: 'FROM node:20-slim\nWORKDIR /app\nCOPY app.js how.json ./\nCMD ["node", "app.js"]\n', 'app.js': APP, 'how.json': JSON.stringify({ version, fails }) });
          const revision = await rig.settle(files, { id, name: `${name}/shop` });
          passed(await end(backlot.releases.promote({ directory, target: 'live' })));
          return revision;
        },
      });
    } finally {
      await end(backlot.releases.remove({ directory, target: 'live' })).catch(() => {});
    }
  });
}

const answer = async (port: number) => (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(10_000) })).text();

/** Requests that are lost over a release and the way back from it. */
async function lost(): Promise<Measured> {
  return withPair(async ({ backlot, directory, end, port, promoted }) => {
    const first = await promoted('one');
    // Nobody asks yet, so whether it does well cannot be told: it stays.
    await end(backlot.releases.deploy({ directory, target: 'live' }));
    await promoted('two');
    let [sent, missing] = [0, 0];
    for (let round = 0; round < 3; round++) {
      const { answers, stop } = startLoad(port);
      passed(await end(backlot.releases.deploy({ directory, target: 'live' })));
      if ((await answer(port)) !== 'two') throw new Error('the release does not serve');
      passed(await end(backlot.releases.rollback({ directory, target: 'live', to: first })));
      if ((await answer(port)) !== 'one') throw new Error('the version before does not serve');
      await stop();
      sent += answers.length;
      missing += answers.filter(({ status }) => status !== 200).length;
    }
    // Of all together: among three rounds the median hides a bad one.
    return { unit: 'requests', ours: [missing], note: `200 requests a second over three releases and ways back: ${sent} requests` };
  });
}

/** From the first reading over its bound to the last answer of the version that is given up. */
async function returns(): Promise<Measured> {
  return withPair(async ({ backlot, directory, end, port, promoted }) => {
    await promoted('one');
    await end(backlot.releases.deploy({ directory, target: 'live' }));
    const ours: number[] = [];
    for (let round = 0; round < 3; round++) {
      await promoted(`broken ${round}`, true);
      const { answers, stop } = startLoad(port);
      let over = 0;
      const result = await end(backlot.releases.deploy({ directory, target: 'live' }), (event) => {
        if (over === 0 && event.type === 'kpi' && (event.value ?? 0) > 5) over = performance.now();
      });
      await stop();
      const last = answers.findLast(({ who }) => who === `broken ${round}`);
      if (result.ok || over === 0 || !last) throw new Error('it did not fail by its checks');
      if ((await answer(port)) !== 'one') throw new Error('the version before does not serve');
      ours.push((last.at + last.took - over) / 1000);
    }
    return { unit: 's', ours, note: 'a balanced pair with 200 requests a second, looked at each 100 ms' };
  });
}

const REPLICAS = 4;
const MONITOR = 0.5;

type SwarmRig = ReleaseRig & {
  readonly swarm: SecondEngine;
  readonly promoted: (files?: string) => Promise<string>;
  /** The image of each replica that runs. */
  readonly served: (service: string) => Promise<string[]>;
};

/** A Swarm on an engine of its own, which goes with the end: the one that everybody shares stays as it is. */
async function withSwarm<Result>(kpi: (host: string, stack: string) => string, body: (rig: SwarmRig) => Promise<Result>): Promise<Result> {
  const contexts = await mkdtemp(join(tmpdir(), 'backlot-bench-contexts-'));
  const withRig = async (rig: ReleaseRig) => {
    const { name, registry, directory, environment, backlot, end } = rig;
    const swarm = await startSwarm(registry);
    try {
      await execute('docker', ['context', 'create', 'bench', '--docker', `host=${swarm.host}`], { env: environment });
      const files = {
        'backlot.yaml': `version: 1\nname: ${name}\nbuild: { image: ${name}/shop }\nregistry: ${registry}\ntargets:\n  live:\n    requires: [unit]\n    deploy: { swarm: { stack: ${name}, file: stack.yaml, context: bench } }\n${kpi(swarm.host, name)}`,
        'stack.yaml': `version: "3.8"\nservices:\n  app:\n    image: $\{IMAGE}\n    deploy: { replicas: ${REPLICAS}, endpoint_mode: dnsrr, update_config: { parallelism: 2, order: start-first, monitor: ${MONITOR * 1000}ms, failure_action: pause } }\n`,
      };
      return await body({
        ...rig,
        swarm,
        async promoted(more = '') {
          const id = await rig.build({ Dockerfile: `FROM debian:bookworm-slim\nRUN echo ${Math.random()} >/version; ${more || 'true'}\nHEALTHCHECK --interval=1s CMD test -e /version\nSTOPSIGNAL SIGKILL\nCMD ["sleep", "1000"]\n` });
          const revision = await rig.settle(files, { id, name: `${name}/shop` });
          passed(await end(backlot.releases.promote({ directory, target: 'live' })));
          return revision;
        },
        served: async (service) => (await swarm.docker('service', 'ps', '--filter', 'desired-state=running', '--no-trunc', '--format', '{{.Image}}', service)).split('\n'),
      });
    } finally {
      await swarm.stop();
    }
  };
  return withReleaseRig(withRig, { DOCKER_CONFIG: contexts }).finally(() => rm(contexts, { recursive: true, force: true }));
}

/** The whole verb, with its gate, lock and record, beside an update of the same replicas with what Docker does where nobody says anything. */
async function rolling(): Promise<Measured> {
  return withSwarm(() => '', async ({ backlot, directory, end, name, registry, swarm, promoted, served }) => {
    const revisions = [await promoted(), await promoted()];
    const deploy = async (revision = '') => {
      const began = performance.now();
      passed(await end(backlot.releases.deploy({ directory, target: 'live', revision })));
      return (performance.now() - began) / 1000;
    };
    for (const revision of revisions) await deploy(revision);
    const images = revisions.map((revision) => `${registry}/${name}/shop:${revision}`);
    await swarm.docker('service', 'create', '--quiet', '--name', 'peer', '--replicas', String(REPLICAS), '--endpoint-mode', 'dnsrr', images[1] ?? '');
    const update = async (image = '') => {
      const began = performance.now();
      await swarm.docker('service', 'update', '--quiet', '--image', image, 'peer');
      return (performance.now() - began) / 1000;
    };
    let [round, other] = [0, 0];
    const { ours, peer } = await alternately(4, () => deploy(revisions[round++ % 2]), () => update(images[other++ % 2]));
    if ((await served(`${name}_app`)).some((image) => image !== undefined && !image.includes('@sha256:'))) throw new Error('a replica has no digest');
    return { unit: 's', ours, peer: { name: 'docker service update, with its defaults', values: peer }, note: `${REPLICAS} replicas with a health check each second; ours by two, the new ones first, watched for ${MONITOR} s` };
  });
}

/** From the first reading over its bound to all replicas of the version before. */
async function comesBack(): Promise<Measured> {
  const newest = (host: string, stack: string) => `docker -H ${host} exec $$(docker -H ${host} ps -q --filter label=com.docker.stack.namespace=${stack} | head -1) cat /errors`;
  const kpi = (host: string, stack: string) => `    kpi: { window: 4s, interval: 100ms, checks: [{ name: errors, command: "${newest(host, stack)}", max: 5 }] }\n`;
  return withSwarm(kpi, async ({ backlot, directory, end, name, promoted, served }) => {
    await promoted('echo 0 >/errors');
    passed(await end(backlot.releases.deploy({ directory, target: 'live' })));
    const before = await served(`${name}_app`);
    const ours: number[] = [];
    for (let round = 0; round < 3; round++) {
      await promoted('echo 60 >/errors');
      let over = 0;
      const result = await end(backlot.releases.deploy({ directory, target: 'live' }), (event) => {
        if (over === 0 && event.type === 'kpi' && (event.value ?? 0) > 5) over = performance.now();
      });
      const took = (performance.now() - over) / 1000;
      if (result.ok || over === 0) throw new Error('it did not fail by its checks');
      if ((await served(`${name}_app`)).join() !== before.join()) throw new Error('the version before does not serve');
      ours.push(took);
    }
    return { unit: 's', ours, note: `four replicas, watched by the update for ${MONITOR} s; looked at each 100 ms` };
  });
}

export const releaseRows: readonly Row[] = [
  { name: 'release-pair-lost', goal: 0, measure: lost },
  { name: 'release-pair-back', goal: 3, measure: returns },
  { name: 'release-swarm-roll', goal: 0.3, measure: rolling },
  { name: 'release-swarm-back', goal: MONITOR + 10, measure: comesBack },
];

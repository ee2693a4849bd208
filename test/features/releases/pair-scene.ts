import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createCompose } from '#adapters/compose/compose.ts';
import { createDockerSwarm } from '#adapters/deploy/docker-swarm.ts';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createProber } from '#adapters/network/prober.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { createLoadAsOf } from '#features/project/load-as-of.ts';
import { createPairDeployer, type PairPlace, type PairPorts } from '#features/releases/pair/pair-deployer.ts';
import { promote } from '#features/releases/promote.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import { docker } from '../../adapters/registry/registry-scene.ts';
import { freePort } from '../../support/free-port.ts';
import { releaseScene, type ReleaseScene } from './release-scene.ts';

export type How = 'well' | 'never' | 'errors' | 'slow';
export type PairScene = ReleaseScene & { readonly port: number; readonly name: string; readonly place: PairPlace; readonly promoted: (how?: How) => Promise<string> };

/** Where a pair is, what it is made from, and the files of its image. */
export type Site = {
  /** Another engine than that of this machine. */
  readonly host?: string | undefined;
  /** More settings of the pair. */
  readonly settings?: string;
  readonly compose: string;
  readonly image: (how: How, revision: string) => Readonly<Record<string, string>>;
};

/** A project whose target is a pair, and revisions of its service that do as they are told. */
export async function pairScene({ registry, kpi = '', site }: { readonly registry: string; readonly kpi?: string; readonly site: Site }): Promise<PairScene> {
  const port = await freePort();
  const pair = `deploy: { pair: { service: app, port: 8080, public: ${port}, steps: [10%, 50%, 100%], drain: 2s${site.settings ?? ''} } }`;
  const made = await releaseScene({
    'backlot.yaml': `version: 1\nname: NAME\nbuild: { image: NAME/shop }\nregistry: ${registry}\nstages: { unit: { run: "true" } }\ntargets:\n  staging:\n    requires: [unit]\n    ${pair}\n${kpi.replaceAll('PORT', String(port))}`,
    'compose.yaml': site.compose,
    'settings.txt': 'first',
  });
  const name = made.image.split('/')[0] ?? '';
  const place = openPlace(made, site.host);
  onTestFinished(async () => {
    await removeParts(name);
    place.close();
  });
  const environment = made.ports.environment;
  const compose = createCompose({ runner: createProcessRunner(environment), commandLine: () => made.ports.engine.commandLine(), environment });
  const loadProject: PairPorts['loadProject'] = ({ directory, files }, signal) => createLoadAsOf({ compose, files: createProjectFiles(), environment }, files)(directory, signal);
  const deployer = createPairDeployer({ open: () => ({ ...place, close: () => {} }), loadProject, store: made.ports.store, prober: createProber() });
  const scene = { ...made, ports: { ...made.ports, deployers: { pair: deployer } } };
  return {
    ...scene,
    port,
    name,
    place,
    async promoted(how = 'well') {
      const revision = await made.commit();
      const context = await mkdtemp(join(tmpdir(), 'pair-image-'));
      for (const [file, text] of Object.entries(site.image(how, revision))) await writeFile(join(context, file), text.replace('LABELS', `dev.backlot.test=${name} org.opencontainers.image.revision=${revision}`));
      await docker('build', '--quiet', '-t', `${made.image}:${revision}`, context);
      await rm(context, { recursive: true });
      made.pass(await docker('image', 'inspect', '--format', '{{.Id}}', `${made.image}:${revision}`), revision, 'unit');
      await promote({ directory: made.directory }, scene.ports, scene.work);
      return revision;
    },
  };
}

function openPlace({ ports }: ReleaseScene, host: string | undefined): PairPlace {
  const environment = ports.environment;
  const own = host === undefined;
  const engine: ContainerEngine = own ? ports.engine : createDockerEngine({ choice: { host }, environment, home: tmpdir() });
  const processes = createProcessRunner(environment);
  const commandLine = () => engine.commandLine();
  const close = () => (own ? undefined : (engine as ReturnType<typeof createDockerEngine>).close());
  return { engine, compose: createCompose({ runner: processes, commandLine, environment }), swarm: createDockerSwarm({ processes, commandLine }), close };
}

/** Says which revision it is; how it does is written into the image. */
const APP = `const http = require('node:http');
const { MODE, SLOW } = require('./how.json');
let server;
if (MODE === 'never') setInterval(() => {}, 1000);
else server = http.createServer((request, response) => {
  const fails = MODE === 'errors' && request.url !== '/health';
  setTimeout(() => response.writeHead(fails ? 500 : 200, { 'x-revision': process.env.WHO }).end(require('./how.json').REVISION), MODE === 'slow' ? 300 : 0);
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
process.on('SIGUSR2', () => {
  setInterval(() => {}, 1000);
  server.close();
  server.closeAllConnections();
});
`;

const HEALTH = "fetch('http://127.0.0.1:8080/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))";

/** The engine of this machine. */
export const ENGINE: Site = {
  compose: 'name: NAME\nservices:\n  app:\n    image: NAME/shop\n    environment: { WHO: "shop$$s" }\n    healthcheck: { test: [CMD, node, health.js], interval: 2s, timeout: 2s, retries: 2 }\n    networks: [inner]\n    volumes: ["data:/data"]\n    configs: [{ source: note, target: /note }]\nnetworks: { inner: {} }\nvolumes: { data: {} }\nconfigs: { note: { content: "a note of the pair" } }\n',
  image: (how, revision) => ({
    'app.js': APP,
    'health.js': HEALTH,
    'how.json': JSON.stringify({ MODE: how, REVISION: revision }),
    Dockerfile: 'FROM node:20-slim\nLABEL LABELS\nWORKDIR /app\nCOPY app.js health.js how.json ./\nCMD ["node", "app.js"]\n',
  }),
};

const ANSWERS = (how: How, revision: string) => `defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 1s
frontend app
  bind :8080
  http-request return status 200 content-type text/plain string ok if { path /health }
  http-request return status ${how === 'errors' ? 500 : 200} content-type text/plain lf-string ${revision}
`;

/** A Swarm; its servers are of the image that the balancer is of, which is there already. */
export const swarmSite = (host: string, replicas: number): Site => ({
  host,
  settings: ', swarm: true',
  compose: `name: NAME\nservices:\n  app:\n    image: NAME/shop\n    environment: { WHO: "shop$$s" }\n    configs: [{ source: settings, target: /settings.txt }]\n    healthcheck: { test: [CMD, bash, -c, "exec 3<>/dev/tcp/127.0.0.1/8080"], interval: 300ms, timeout: 2s, retries: 2 }\n    restart: unless-stopped\n    deploy: { replicas: ${replicas}, restart_policy: { condition: any, delay: 200ms } }\n    volumes: ["data:/data"]\nvolumes: { data: {} }\nconfigs: { settings: { file: settings.txt } }\n`,
  image: (how, revision) => ({
    'app.cfg': ANSWERS(how, revision),
    Dockerfile: `FROM haproxy:2.6\nLABEL LABELS\nCOPY app.cfg /app.cfg\nSTOPSIGNAL SIGTERM\nENTRYPOINT []\nCMD ${how === 'never' ? '["bash", "-c", "echo no database; exit 3"]' : '["haproxy", "-f", "/app.cfg"]'}\n`,
  }),
});

async function removeParts(name: string): Promise<void> {
  const labelled = ['--filter', `label=dev.backlot.project=${name}`];
  const lines = async (...args: string[]) => (await docker(...args)).split('\n').filter(Boolean);
  const containers = await lines('ps', '-aq', ...labelled);
  if (containers.length > 0) await docker('rm', '-fv', ...containers);
  for (const id of await lines('network', 'ls', '-q', '--filter', `name=${name}`)) await docker('network', 'rm', id);
  for (const id of await lines('volume', 'ls', '-q', '--filter', `name=${name}`)) await docker('volume', 'rm', id);
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { alternately, backlot, chain, timed, withProject, type Measured, type Row } from './bench.ts';

const execute = promisify(execFile);
const docker = async (...args: string[]) => (await execute('docker', args, { maxBuffer: 1 << 26 })).stdout.trim();

const SUFFIX = 'us-east-1.shop.example';
const withNames = (guard: string) => ({ ...chain, 'backlot.yaml': chain['backlot.yaml'].replace('sets:', `names: { suffixes: [${SUFFIX}], guard: ${guard} }\nsets:`) });

/** The same chain with the guard and without it, in turn. */
async function guardInUp(): Promise<Measured> {
  return withProject(withNames('block'), async (guarded) =>
    withProject({ ...withNames('off'), 'compose.yaml': chain['compose.yaml'].replace('name: backlot-bench-chain', 'name: backlot-bench-free') }, async (free) => {
      const upAndDown = async ({ directory, env }: typeof free) => {
        const took = await timed('node', [backlot, 'up', '-C', directory], { env });
        await timed('node', [backlot, 'down', '-C', directory], { env });
        return took / 1000;
      };
      const { ours, peer } = await alternately(7, () => upAndDown(guarded), () => upAndDown(free));
      const added = ours.map((took, index) => took - (peer[index] ?? took));
      return { unit: 's', ours: added, note: `with it ${ours.map((took) => took.toFixed(2)).join(' ')}; without ${peer.map((took) => took.toFixed(2)).join(' ')}` };
    }),
  );
}

const app = {
  'compose.yaml': 'name: backlot-bench-names\nservices:\n  db: { image: redis:7, stop_grace_period: 0s }\n  app: { image: node:20-slim, command: [sleep, infinity], stop_grace_period: 0s }\n',
  'backlot.yaml': `version: 1\nname: backlot-bench-names\ncompose: [compose.yaml]\nnames: { suffixes: [${SUFFIX}] }\nsets: { minimal: { services: all, addresses: own } }\n`,
};

/** Milliseconds that a program takes for two thousand lookups by the system's own way, one after the other. */
const LOOKUPS = `const{lookup}=require("dns").promises;(async()=>{await lookup("db");const b=performance.now();for(let i=0;i<2000;i++)await lookup("db",{family:4});console.log(performance.now()-b)})()`;
const lookups = async (container: string) => Number(await docker('exec', container, 'node', '-e', LOOKUPS));

async function ownedLookup(): Promise<Measured> {
  return withProject(app, async (guarded) =>
    withProject({ 'compose.yaml': app['compose.yaml'].replace('backlot-bench-names', 'backlot-bench-plain'), 'backlot.yaml': app['backlot.yaml'] }, async (plain) => {
      await timed('node', [backlot, 'up', '-C', guarded.directory], { env: guarded.env });
      await timed('docker', ['compose', 'up', '-d'], { cwd: plain.directory });
      const { ours, peer } = await alternately(9, () => lookups('backlot-bench-names-app-1'), () => lookups('backlot-bench-plain-app-1'));
      return { unit: 'ms', ours, peer: { name: 'in a container of docker compose', values: peer }, note: '2,000 getaddrinfo of a name that a service has' };
    }),
  );
}

const PERFORMANCE_IMAGE = 'backlot-bench/dnsperf:1';
const ASK = `for i in $(seq 100); do echo n$i.${SUFFIX} A; done >/tmp/q; dnsperf -s "$0" -d /tmp/q -l 3 -c 4 2>/dev/null | sed -n 's/.*per second: *//p'`;

/** Questions for production names that nobody has, straight to the sidecar, and to a bare dnsmasq that keeps the same log. */
async function sidecarRate(): Promise<Measured> {
  const build = execFile('docker', ['build', '--quiet', '--tag', PERFORMANCE_IMAGE, '-'], { env: { ...process.env, DOCKER_BUILDKIT: '1' } });
  build.stdin?.end('FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends dnsperf\n');
  await new Promise((resolve, reject) => build.once('close', (code) => (code === 0 ? resolve(undefined) : reject(new Error('dnsperf cannot be had')))));
  return withProject(app, async ({ directory, env }) => {
    await timed('node', [backlot, 'up', '-C', directory], { env });
    const network = 'backlot-bench-names_default';
    const address = (name: string) => docker('inspect', name, '--format', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);
    const bare = ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--pid-file=', '--no-hosts', '--no-resolv', `--address=/${SUFFIX}/`, '--log-queries=extra', '--log-facility=-'];
    await docker('run', '-d', '--name', 'backlot-bench-bare', '--network', network, '--user', '65534:65534', 'backlot/names:1', ...bare);
    try {
      const [ours, plain] = [await address('backlot-bench-names-backlot-names-1'), await address('backlot-bench-bare')];
      const rate = async (server: string) => Number(await docker('run', '--rm', '--network', network, PERFORMANCE_IMAGE, 'bash', '-c', ASK, server));
      const measured = await alternately(5, () => rate(ours), () => rate(plain));
      return { unit: 'questions/s', ours: measured.ours, peer: { name: 'dnsmasq that logs its questions', values: measured.peer }, higherIsBetter: true };
    } finally {
      await docker('rm', '-f', 'backlot-bench-bare');
      await docker('rmi', '--no-prune', PERFORMANCE_IMAGE);
    }
  });
}

/** What the guard's two containers hold, after a thousand lookups that reach them. */
async function sidecarMemory(): Promise<Measured> {
  return withProject(app, async ({ directory, env }) => {
    await timed('node', [backlot, 'up', '-C', directory], { env });
    await docker('exec', 'backlot-bench-names-app-1', 'node', '-e', `const{lookup}=require("dns").promises;(async()=>{for(let i=0;i<1000;i++)await lookup("n"+i+".${SUFFIX}").catch(()=>{})})()`);
    const used = await docker('stats', '--no-stream', '--format', '{{.MemUsage}}', 'backlot-bench-names-backlot-names-1', 'backlot-bench-names-backlot-watch-1');
    const megabytes = used.split('\n').map((line) => (/^([\d.]+)([KM])iB/.exec(line)?.slice(1) ?? []) as string[]).map(([amount, unit]) => Number(amount) / (unit === 'K' ? 1024 : 1));
    return { unit: 'MB', ours: [megabytes.reduce((sum, one) => sum + one, 0)], note: 'both containers of the guard' };
  });
}

export const namesRows: readonly Row[] = [
  { name: 'what the guard adds to up', goal: 0.3, measure: guardInUp },
  { name: 'lookup of an owned name', goal: 1.05, measure: ownedLookup },
  { name: 'rate of the guard', goal: 1, measure: sidecarRate },
  { name: 'memory of the guard', goal: 10, measure: sidecarMemory },
];

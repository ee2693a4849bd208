import { docker, type Scene } from '../../support/backlot.ts';

export const SUFFIX = 'us-east-1.shop.example';
const NODES = ['mongodb-cluster-a-node-1', 'mongodb-cluster-a-node-2', 'mongodb-cluster-a-node-3'];

const node = '    image: redis:7\n    stop_grace_period: 0s\n';

/** A cluster of three, an application, and a set in which the first node stands in for the others. */
export const cluster = (names = '') => ({
  'compose.yaml': `name: NAME
services:
${NODES.map((name) => `  ${name}:\n${node}`).join('')}  app:
    image: node:20-slim
    stop_grace_period: 0s
    command: ["sleep", "infinity"]
    depends_on: [${NODES.join(', ')}]
`,
  'backlot.yaml': `version: 1
name: NAME
compose: [compose.yaml]
names:
  suffixes: [${SUFFIX}]
${names}sets:
  minimal:
    services: [app]
    addresses: own
    standIns: { ${NODES[0]}: [${NODES[1]}, ${NODES[2]}] }
  full: { services: all, addresses: own }
`,
});

export { NODES };

/** Runs a command in a service's container and answers what it printed, whether it went well or not. */
export async function inside(scene: Scene, set: string, service: string, ...command: string[]): Promise<string> {
  return docker('exec', await containerOf(scene, set, service), 'sh', '-c', `${command.join(' ')} 2>&1 || true`);
}

/** The id of the first container of a service, or of a role. */
export async function containerOf({ directory }: Scene, set: string, service: string, label = 'service'): Promise<string> {
  const filters = [`dev.backlot.directory=${directory}`, `dev.backlot.set=${set}`, `dev.backlot.${label}=${service}`].flatMap((filter) => ['--filter', `label=${filter}`]);
  return (await docker('ps', '-aq', '--no-trunc', ...filters)).split('\n')[0] ?? '';
}

export async function addressOf(container: string): Promise<string> {
  return docker('inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', container);
}

/** The answer's code for a question that a container of the set asks the engine's resolver. */
export async function kdig(scene: Scene, [set, service]: readonly [string, string], name: string, type: string): Promise<string> {
  const text = await docker('run', '--rm', '--network', `container:${await containerOf(scene, set, service)}`, 'backlot/names:1', 'kdig', '+retry=0', '+time=5', name, type);
  return /status: (\w+)/.exec(text)?.[1] ?? text;
}

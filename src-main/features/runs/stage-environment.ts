import { closeSet } from '#features/project/close-set.ts';
import { ownPorts } from '#features/project/connections.ts';
import type { Project, ProjectSet, Service } from '#features/project/project.ts';
import type { StageFile } from '#features/project/schema/stage-schema.ts';
import { environmentOf, ownLabels, type Environment } from '#features/stack/environment.ts';
import { GUARD_IMAGE } from '#features/stack/guard.ts';
import { listeningKind } from '#features/stack/listening-kind.ts';
import { LABELS } from '#ports/container-engine.ts';
import { browserPolicy, browserService, BROWSER_PORT } from './browser.ts';
import { escapeDollars, escaped, LOGGING, RUN_NETWORK, serviceInRun } from './run-service.ts';
import { stageVariables, type Reached } from './stage-variables.ts';
import { SUITE_HOSTS, SUITE_SOCKET } from './suite-engine.ts';

/** The stage's own container, as a service of its environment. */
export const STAGE_SERVICE = 'backlot-stage';
/** The role of what lets people into a stage that is held, and goes with it. */
export const HELD_ROLE = 'held';
/** Has the network that the application and the stage share. */
const SHARED_SERVICE = 'backlot-shared';
/** The service that is the tested image. */
export const APP = 'app';

export type StageWish = {
  readonly run: string;
  readonly stage: string;
  readonly file: StageFile;
  /** As images are tagged with it; absent without a repository. */
  readonly revision: string | undefined;
  /** What the stage runs in. */
  readonly image: string;
  /** The tested image, which the service `app` is; and services that build the same. */
  readonly app: { readonly image: string; readonly services: readonly string[] } | undefined;
  /** Ports that images say they listen on, by service. */
  readonly exposed: Readonly<Record<string, readonly string[]>>;
  /** The folder that the guard's image is made from. */
  readonly recipe: string;
  /** The way to the engine, where the stage uses it. */
  readonly engineSocket: string | undefined;
  /** The engine may not see the files of this machine. */
  readonly isElsewhere?: boolean;
};

export type StageEnvironment = {
  readonly environment: Environment;
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  readonly engineSocket: string | undefined;
};

/** The services of a stage, with what they need, dependencies first. Pure. */
export function servicesOfStage(project: Project, file: StageFile): { readonly project: Project; readonly set: ProjectSet; readonly services: readonly string[] } {
  const base = environmentOf(project, undefined);
  const wanted = file.services ?? [];
  const services: Readonly<Record<string, Service>> = wanted.includes(APP) && !base.project.services[APP] ? { ...base.project.services, [APP]: builtApp(wanted) } : base.project.services;
  const standInFor = Object.fromEntries(Object.entries(base.set.standIns).flatMap(([owner, names]) => names.map((name) => [name, owner])));
  const needs = Object.fromEntries(Object.values(services).map(({ name, dependsOn }) => [name, dependsOn]));
  return { project: { ...base.project, services }, set: base.set, services: closeSet({ chosen: wanted, needs, standInFor }).services };
}

/** The environment that a stage runs in: its services, itself, and what it shares with them. Pure. */
export function stageEnvironment(given: Project, wish: StageWish): StageEnvironment {
  const { project, set, services: names } = servicesOfStage(given, wish.file);
  const prefix = project.model.name;
  const composeProject = `${prefix}-${wish.run}-${wish.stage}`;
  const members: Record<string, Service> = {};
  const warnings: string[] = [];
  for (const name of names) {
    const service = project.services[name];
    if (!service) continue;
    const adapted = serviceInRun(service, { isElsewhere: wish.isElsewhere === true, environment: set.environment, image: wish.app && (name === APP || wish.app.services.includes(name)) ? wish.app.image : undefined });
    members[name] = adapted.service;
    warnings.push(...adapted.warnings);
  }
  const reached = wish.file.network === 'shared' ? shareNetwork(members, wish, warnings) : Object.values(members).flatMap((service) => portsOf(service, wish).map((port): Reached => ({ service: service.name, host: service.name, port })));
  const browser = wish.file.browser && browserService({ ...wish.file, browser: wish.file.browser }, names);
  if (browser) members[browser.name] = browser;
  const at = browser && (wish.file.network === 'shared' ? 'localhost' : browser.name);
  const variables = stageVariables(members, { ...wish, reached, selenium: at && `http://${at}:${BROWSER_PORT}` });
  const command = typeof wish.file.run === 'string' ? ['sh', '-c', wish.file.run] : wish.file.run;
  members[STAGE_SERVICE] = ownService(STAGE_SERVICE, {
    image: wish.image,
    entrypoint: command.map(escapeDollars),
    environment: escaped(variables),
    logging: LOGGING,
    ...(wish.engineSocket !== undefined && { volumes: [{ type: 'bind', source: escapeDollars(wish.engineSocket), target: SUITE_SOCKET, bind: { create_host_path: false } }] }),
    ...(wish.file.directory !== undefined && { working_dir: wish.file.directory }),
    ...(wish.file.network === 'shared' ? { network_mode: `service:${SHARED_SERVICE}` } : { networks: { [RUN_NETWORK]: null }, ...hostsOf(wish) }),
  });
  const order = Object.keys(members);
  const run = { id: wish.run, stage: wish.stage };
  const volumes = volumesInRun(project, ownLabels({ project, set, run }));
  const configs = browser && { configs: { ...(project.model['configs'] as object | undefined), ...browserPolicy(Object.values(members)) } };
  const model = { ...project.model, services: Object.fromEntries(order.map((name) => [name, members[name]?.resolved ?? {}])), networks: { [RUN_NETWORK]: { name: `${prefix}_${RUN_NETWORK}` } }, volumes, ...configs };
  return {
    environment: {
      project: { ...project, model, services: members },
      set: { name: `${wish.stage} of run ${wish.run}`, services: order, because: {}, addresses: 'own', composeProject, environment: {}, replicas: replicasWithin(set, members), ports: {}, standIns: standInsWithin(set, members) },
      run,
    },
    command,
    variables,
    warnings,
    engineSocket: wish.engineSocket,
  };
}

/** Where the Compose files have no service `app`: the image as it is, after everything else that the stage asks for. */
function builtApp(wanted: readonly string[]): Service {
  const dependsOn = wanted.filter((name) => name !== APP).map((service) => ({ service, condition: 'healthy' as const, required: true }));
  return { ...ownService(APP, {}), dependsOn };
}

function ownService(name: string, resolved: Service['resolved']): Service {
  return { name, kind: 'other', image: resolved.image ?? '', build: resolved.build !== undefined, dependsOn: [], names: [name], groups: [], resolved };
}

/** Puts the application and the stage into one network, in which the other services answer on localhost. Answers how each is reached. */
function shareNetwork(members: Record<string, Service>, wish: StageWish, warnings: string[]): Reached[] {
  const app = members[APP];
  const others = Object.values(members).filter(({ name }) => name !== APP);
  const taken = new Set(app ? portsOf(app, wish) : []);
  const reached: Reached[] = [...taken].map((port) => ({ service: APP, host: 'localhost', port }));
  const forwards: string[] = wish.file.browser ? [forward(BROWSER_PORT, browserService({ browser: wish.file.browser }, Object.keys(members)).name)] : [];
  for (const service of others) {
    for (const port of portsOf(service, wish)) {
      if (taken.has(port)) {
        warnings.push(`${service.name} is not on localhost:${port}, because another service of the stage is; reach it at ${service.name}:${port}`);
        reached.push({ service: service.name, host: service.name, port });
        continue;
      }
      taken.add(port);
      forwards.push(forward(port, service.name));
      reached.push({ service: service.name, host: 'localhost', port });
    }
  }
  const holder = ownService(SHARED_SERVICE, {
    image: GUARD_IMAGE,
    build: { context: escapeDollars(wish.recipe) },
    entrypoint: ['bash', '-c', ["trap 'exit 0' TERM", ...forwards, 'while :; do sleep 3600 & wait $$!; done'].join('\n')],
    ...hostsOf(wish),
    networks: { [RUN_NETWORK]: { aliases: app ? [APP, ...((app.resolved.networks?.[RUN_NETWORK] as { aliases?: readonly string[] } | null)?.aliases ?? [])] : [] } },
  });
  members[SHARED_SERVICE] = app ? { ...holder, names: [SHARED_SERVICE, ...app.names], groups: app.groups } : holder;
  if (app) {
    const { networks: _own, ...resolved } = app.resolved;
    delete members[APP];
    members[APP] = { ...app, dependsOn: [...app.dependsOn, { service: SHARED_SERVICE, condition: 'started', required: true }], resolved: { ...resolved, network_mode: `service:${SHARED_SERVICE}` } };
  }
  return reached;
}

/** Names of a container that uses the engine, or has the network of one that does. */
function hostsOf({ engineSocket }: StageWish): Service['resolved'] {
  return engineSocket === undefined ? {} : { extra_hosts: Object.entries(SUITE_HOSTS).map(([name, address]) => `${name}:${address}`) };
}

/** Ends with its container; a backend that is not up yet only fails the connections that are made meanwhile. */
function forward(port: number, to: string): string {
  return `socat TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr TCP:${to}:${port} &`;
}

function portsOf(service: Service, { exposed }: StageWish): number[] {
  const known = exposed[service.name] ?? [];
  return ownPorts(service.resolved, listeningKind(service, known), known);
}

function standInsWithin({ standIns }: ProjectSet, members: Readonly<Record<string, Service>>): ProjectSet['standIns'] {
  return Object.fromEntries(Object.entries(standIns).filter(([owner]) => members[owner]).map(([owner, names]) => [owner, names.filter((name) => !members[name])]));
}

function replicasWithin({ replicas }: ProjectSet, members: Readonly<Record<string, Service>>): ProjectSet['replicas'] {
  return Object.fromEntries(Object.entries(replicas).filter(([name]) => members[name]));
}

/** Every volume is the run's own and empty, whoever has one of the same name, and goes with the run. */
function volumesInRun({ model }: Project, labels: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(model.volumes ?? {}).map((key) => [key, { name: `${model.name}_${key}`, labels: { ...labels, [LABELS.role]: 'run' } }]));
}

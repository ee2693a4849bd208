import type { Explanation } from '#contract/names.ts';
import { nearest } from '#core/nearest.ts';
import { ownPorts } from '#features/project/connections.ts';
import type { LoadProject } from '#features/project/project.ts';
import { assertServices, environmentLabels, environmentOf, type Environment } from '#features/stack/environment.ts';
import { GUARD_IMAGE, GUARD_ROLE, isOfGuard } from '#features/stack/guard.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import { guardRules, isAllowed, plainName, suffixOf } from './guard-rules.ts';
import { ownedNames, withSuffixes, type OwnedName } from './owned-names.ts';
import { parseAsked, type Asked } from './parse-asked.ts';

export type WhyPorts = { readonly engine: ContainerEngine; readonly loadProject: LoadProject };
export type WhyInput = { readonly directory: string; readonly set?: string | undefined; readonly name: string; readonly from?: string | undefined };

type View = { readonly environment: Environment; readonly name: string; readonly owners: readonly OwnedName[]; readonly containers: readonly ContainerSummary[] };

/** Asks for a name where a service of the set is, and explains who answers; where nothing runs, as the files say. */
export async function why({ directory, set, name: given, from }: WhyInput, { engine, loadProject }: WhyPorts, signal: AbortSignal): Promise<Explanation> {
  const environment = environmentOf(await loadProject(directory, signal), set);
  const { project } = environment;
  if (from !== undefined) assertServices([from], environment.set.services, `the set ${environment.set.name}`);
  const name = plainName(given.trim());
  const owners = ownedNames(environment).filter((owned) => withSuffixes(owned.name, project.suffixes).some((one) => plainName(one) === name));
  const containers = await engine.listContainers(environmentLabels(project.directory, environment.set.name), signal);
  const view: View = { environment, name, owners, containers };
  const asking = containers.find((container) => container.state === 'running' && !isOfGuard(container) && (from === undefined || container.labels[LABELS.service] === from));
  if (!asking || !(await engine.inspectImage(GUARD_IMAGE, signal))) return fromFiles(view, from, asking === undefined);
  const places = owners.flatMap(({ service }) => placesOf(service, view));
  const { output } = await engine.runOnce({ image: GUARD_IMAGE, command: ['ask', given.trim(), ...places], networkOf: asking.id, labels: labelsOf(asking) }, signal);
  return fromAnswers(view, asking, parseAsked(output));
}

/** What was asked and answered, in sentences. Pure. */
function fromAnswers(view: View, asking: ContainerSummary, asked: Asked): Explanation {
  const from = asking.labels[LABELS.service] ?? asking.name;
  const answer = asked.answers.find(({ addresses }) => addresses.length > 0);
  const address = answer?.addresses[0];
  const verdict = verdictOf(view, answer !== undefined);
  const holder = view.containers.find(({ networks }) => networks.some((network) => network.address === address));
  const owner = holder?.labels[LABELS.service] ?? view.owners[0]?.service;
  const steps = [
    `${from} asks ${asked.resolvers.join(', ') || 'nobody'}${asked.resolvers.includes('127.0.0.11') ? ', the engine’s own resolver' : ''}${asked.search.length > 0 ? `; names with fewer than ${asked.dots} dots are first tried with ${asked.search.join(', ')} behind them` : ''}`,
    ...asked.answers.map(({ name, rcode, addresses }) => `${name} → ${addresses.length > 0 ? addresses.join(', ') : inWords(rcode)}`),
    ...ownersInWords(view),
    ...(address !== undefined && holder && view.owners.length > 0 ? [`${address} is the container ${holder.name} of ${holder.labels[LABELS.service] ?? 'nobody'}`] : []),
    ...(view.owners.length > 0 && answer === undefined ? [whyUnanswered(view, asking)] : []),
    ...(view.owners.length === 0 ? guardInWords(view) : []),
    ...asked.ports.map(({ place, open }) => `${place} ${open ? 'takes connections' : 'takes no connection'} from ${from}`),
  ];
  return { schema: 1, name: view.name, from, verdict, ...(view.owners.length > 0 && owner !== undefined && { owner }), ...(address !== undefined && { address }), steps };
}

/** The same where nothing can be asked. */
function fromFiles(view: View, from: string | undefined, isDown: boolean): Explanation {
  const { set } = view.environment;
  const asker = from === undefined ? {} : { from };
  const reason = isDown ? `Nothing of ${from ?? `the set ${set.name}`} runs` : `The engine does not have the image ${GUARD_IMAGE} that asks`;
  const steps = [`${reason}, so this is what the files say; backlot up ${set.name} brings it up`, ...ownersInWords(view), ...(view.owners.length === 0 ? guardInWords(view) : [])];
  return { schema: 1, name: view.name, ...asker, verdict: verdictOf(view, true), ...(view.owners[0] && { owner: view.owners[0].service }), steps };
}

function verdictOf({ environment: { project }, name, owners }: View, isAnswered: boolean): Explanation['verdict'] {
  if (owners.length > 0) return 'owned';
  const rules = guardRules(project);
  if (rules.mode === 'block' && suffixOf(name, rules.suffixes) !== undefined && !isAllowed(name, rules)) return 'blocked';
  return isAnswered ? 'forwarded' : 'unknown';
}

const REASONS: Readonly<Record<OwnedName['reason'], string>> = {
  service: 'it is its own name',
  alias: 'names.aliases of backlot.yaml gives it that name',
  'stand-in': 'it stands in for a service of that name, which the set leaves out',
  group: 'it is one of a group of that name (names.groups), of which any answers',
  compose: 'the Compose file gives it that name on a network',
};

function ownersInWords({ environment: { project }, name, owners }: View): string[] {
  return owners.map((owned) => `${owned.service} has the name ${owned.name}: ${REASONS[owned.reason]}${plainName(owned.name) === name ? '' : `; with the suffix ${suffixOf(name, project.suffixes.map(plainName)) ?? ''}`}`);
}

function whyUnanswered({ owners, containers }: View, asking: ContainerSummary): string {
  const service = owners[0]?.service ?? '';
  const running = containers.filter(({ labels, state }) => labels[LABELS.service] === service && state === 'running');
  if (running.length === 0) return `${service} does not run, so nobody answers to its name`;
  const here = asking.networks.map((network) => network.name);
  const shared = running.some(({ networks }) => networks.some((network) => here.includes(network.name)));
  return shared ? `${service} runs, and the engine’s resolver has not answered for it` : `${service} is on ${running.flatMap(({ networks }) => networks.map((network) => network.name)).join(', ')}, and ${asking.labels[LABELS.service] ?? asking.name} is not`;
}

function guardInWords({ environment, name, containers }: View): string[] {
  const rules = guardRules(environment.project);
  const suffix = suffixOf(name, rules.suffixes);
  const alive = containers.some(({ labels, state }) => labels[LABELS.role] === GUARD_ROLE.names && state === 'running');
  const dead = containers.length > 0 && rules.mode !== 'off' && !alive ? ['The guard does not run, so no name of the outside world resolves: backlot up puts it right'] : [];
  if (suffix === undefined) return ['Nobody of the set has the name, and it is below no suffix: it is forwarded to the name servers of the engine’s machine', ...dead];
  if (isAllowed(name, rules)) return [`names.allow lets it pass to the name servers of the engine’s machine`, ...dead];
  const suggestion = nearest(name.slice(0, -suffix.length - 1), ownedNames(environment).map((owned) => plainName(owned.name)));
  const meant = suggestion === undefined ? [] : [`Did you mean ${suggestion}.${suffix}?`];
  switch (rules.mode) {
    case 'block':
      return [`Nobody of the set has the name, and it is below ${suffix}: the guard answers that it does not exist`, ...meant, ...dead];
    case 'report':
      return [`Nobody of the set has the name; names.guard: report lets it pass to the name servers of the engine’s machine, and tells`, ...meant, ...dead];
    case 'off':
      return ['Nobody of the set has the name, and the guard is off: it is forwarded to the name servers of the engine’s machine', ...meant];
    default:
      return rules.mode satisfies never;
  }
}

function inWords(rcode: string): string {
  const words: Readonly<Record<string, string>> = { NXDOMAIN: 'does not exist (NXDOMAIN)', NOERROR: 'exists, without an IPv4 address', SERVFAIL: 'the server failed (SERVFAIL)', 'NO-ANSWER': 'no answer in time' };
  return words[rcode] ?? rcode;
}

function placesOf(service: string, { environment: { project }, containers }: View): string[] {
  const definition = project.services[service];
  const address = containers.find(({ labels, state }) => labels[LABELS.service] === service && state === 'running')?.networks.find((network) => network.address !== '')?.address;
  if (!definition || address === undefined) return [];
  return ownPorts(definition.resolved, definition.kind, []).map((port) => `${address}:${port}`);
}

function labelsOf({ labels }: ContainerSummary): Record<string, string> {
  const kept = [LABELS.version, LABELS.project, LABELS.directory, LABELS.set];
  return { ...Object.fromEntries(kept.flatMap((label) => (labels[label] === undefined ? [] : [[label, labels[label]]]))), [LABELS.role]: 'ask' };
}

import type { HostFacts, PluginName } from '#ports/host-system.ts';

export type Purpose = 'run' | 'tests';

/** One change to the machine, and why it is needed. */
export type SetupStep =
  | { readonly kind: 'packages'; readonly names: readonly string[]; readonly why: string }
  | { readonly kind: 'plugins'; readonly names: readonly PluginName[]; readonly why: string }
  | { readonly kind: 'engine'; readonly by: 'systemd' | 'dockerd'; readonly why: string };

/** Older ones do not take from the model itself what a file holds (`content` of configs). */
const COMPOSE_NEEDED = [2, 24] as const;
const FONTS = ['fonts-dejavu-core', 'fonts-liberation'];

/** What has to change on this machine, in order; nothing where everything is there. */
export function planSetup(facts: HostFacts, purpose: Purpose): readonly SetupStep[] {
  return [...planEngine(facts), ...planPlugins(facts), ...planBrowser(facts, purpose)];
}

/** Why the steps cannot be ours to take; undefined when they are. */
export function whyNotOurs(facts: HostFacts, steps: readonly SetupStep[], mayInstall: boolean): string | undefined {
  if (steps.length === 0) return undefined;
  if (!mayInstall) return 'BACKLOT_NO_INSTALL is set';
  if (facts.release.family === 'other') return `${facts.release.name} is not Debian or Ubuntu`;
  const rootly = steps.some((step) => step.kind !== 'plugins');
  return rootly && !facts.root ? 'this user is not root' : undefined;
}

function planEngine(facts: HostFacts): SetupStep[] {
  const start: SetupStep = { kind: 'engine', by: facts.systemd ? 'systemd' : 'dockerd', why: 'no engine answers' };
  switch (facts.engine.kind) {
    case 'answers':
    case 'denied':
    case 'elsewhere':
      return [];
    case 'stopped':
      return [start];
    case 'missing':
      return [{ kind: 'packages', names: enginePackages(facts), why: 'there is no Docker engine' }, start];
  }
}

function enginePackages({ release }: HostFacts): string[] {
  const names = ['docker.io', 'iptables', 'ca-certificates'];
  // Since Debian 13 the client is a package of its own.
  return release.family === 'debian' && release.version >= 13 ? ['docker-cli', ...names] : names;
}

function planPlugins(facts: HostFacts): SetupStep[] {
  const names: PluginName[] = [];
  if (!isCurrentCompose(facts.compose)) names.push('docker-compose');
  if (facts.buildx === undefined) names.push('docker-buildx');
  if (names.length === 0) return [];
  const why = names.map((name) => whyPlugin(name, facts)).join(', ');
  if (!hasPluginPackages(facts)) return [{ kind: 'plugins', names, why }];
  return [{ kind: 'packages', names: names.map((name) => pluginPackage(name, facts)), why }];
}

function whyPlugin(name: PluginName, { compose }: HostFacts): string {
  if (name === 'docker-buildx') return 'there is no buildx';
  return compose === undefined ? 'there is no Compose v2' : `Compose ${compose} is older than ${COMPOSE_NEEDED.join('.')}`;
}

function isCurrentCompose(version: string | undefined): boolean {
  const [major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? '')?.slice(1).map(Number) ?? [];
  if (major === undefined || minor === undefined) return false;
  return major > COMPOSE_NEEDED[0] || (major === COMPOSE_NEEDED[0] && minor >= COMPOSE_NEEDED[1]);
}

/** Debian 12 and older have no such packages: there, Debian 13's go into the user's own folder. */
function hasPluginPackages({ release }: HostFacts): boolean {
  return release.family === 'ubuntu' || (release.family === 'debian' && release.version >= 13);
}

function pluginPackage(name: PluginName, { release }: HostFacts): string {
  return release.family === 'ubuntu' && name === 'docker-compose' ? 'docker-compose-v2' : name;
}

function planBrowser(facts: HostFacts, purpose: Purpose): SetupStep[] {
  if (purpose !== 'tests' || facts.browser !== undefined) return [];
  const chromium = facts.release.family === 'ubuntu' ? 'chromium-browser' : 'chromium';
  return [{ kind: 'packages', names: [chromium, ...FONTS], why: 'the tests need Chromium' }];
}

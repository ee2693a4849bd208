import type { HostNames } from '#contract/names.ts';
import type { ResolverPlace, SystemFacts } from '#ports/host-resolver.ts';

export type Mechanism = HostNames['mechanism'];

/** The first line of every file that is Backlot's own. */
export const MARKER = '# Written by Backlot; backlot names uninstall takes it away.';

export const RESOLVED_FILE = '/etc/systemd/resolved.conf.d/backlot.conf';
export const RESOLVER_FOLDER = '/etc/resolver';

/** systemd-resolved takes a port with a server since this version. */
const PORTS_SINCE = 246;

/** How this system can be made to ask our resolver for some domains and nobody else's, and why not better. Pure. */
export function chooseMechanism({ platform, resolved }: SystemFacts, port: number): { readonly mechanism: Mechanism; readonly note?: string } {
  switch (platform) {
    case 'darwin':
      return { mechanism: 'resolver-folder' };
    case 'win32':
      return port === 53 ? { mechanism: 'nrpt' } : { mechanism: 'hosts-file', note: `Windows asks resolvers at port 53 only, not ${port}: the hosts file is used, which cannot block other names` };
    default:
      return chooseOnLinux(resolved);
  }
}

function chooseOnLinux(resolved: SystemFacts['resolved']): { mechanism: Mechanism; note?: string } {
  const fallback = (why: string) => ({ mechanism: 'hosts-file' as const, note: `${why}: the hosts file is used, which cannot block other names` });
  if (!resolved) return fallback('Nothing on this machine asks different servers for different domains');
  if (resolved.version < PORTS_SINCE) return fallback(`systemd-resolved ${resolved.version} takes no server with a port`);
  // Global servers share all global domains: a production name could go to the other one.
  if (resolved.configurations.some((text) => /^[ \t]*DNS[ \t]*=[ \t]*\S/m.test(text))) return fallback('systemd-resolved has servers of its own configuration, which would be asked too');
  // Servers that it found elsewhere than on a link are dropped as soon as it is told one.
  if (!/^Link \d+ \([^)]*\):[ \t]*\S/m.test(resolved.links)) return fallback('No link has a server of its own, so systemd-resolved would ask ours for everything');
  return { mechanism: 'systemd-resolved' };
}

/** The files that are wholly Backlot's, by path. Pure. */
export function ownFiles(mechanism: Mechanism, suffixes: readonly string[], { address, port }: ResolverPlace): ReadonlyMap<string, string> {
  switch (mechanism) {
    case 'systemd-resolved':
      return new Map([[RESOLVED_FILE, `${MARKER}\n[Resolve]\nDNS=${address}:${port}\nDomains=${suffixes.map((suffix) => `~${suffix}`).join(' ')}\n`]]);
    case 'resolver-folder':
      return new Map(suffixes.map((suffix) => [`${RESOLVER_FOLDER}/${suffix}`, `${MARKER}\nnameserver ${address}\nport ${port}\n`]));
    case 'nrpt':
    case 'hosts-file':
      return new Map();
    default:
      return mechanism satisfies never;
  }
}

/** What makes the system read its settings again. */
export function reloadCommands(mechanism: Mechanism): string[][] {
  switch (mechanism) {
    case 'systemd-resolved':
      return [['systemctl', 'restart', 'systemd-resolved']];
    case 'resolver-folder':
      return [['dscacheutil', '-flushcache'], ['killall', '-HUP', 'mDNSResponder']];
    case 'nrpt':
    case 'hosts-file':
      return [];
    default:
      return mechanism satisfies never;
  }
}

export function hostsFile(platform: string): string {
  return platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';
}

import type { Installation, ResolverPlace } from '#ports/host-resolver.ts';
import { linesInBlock } from './host-names-block.ts';
import { blockLines } from './host-names-feed.ts';
import { chooseMechanism, hostsFile, ownFiles, RESOLVED_FILE, RESOLVER_FOLDER } from './host-names-mechanism.ts';
import { textOf, type HostSituation } from './host-names-plan.ts';
import { readFeed, type PublishPorts } from './host-names-publish.ts';

type About = { readonly installation: Installation | undefined; readonly projects: Installation['projects'] };

/** Where nobody wants the resolver, what is installed can still be taken away. */
const NOWHERE: ResolverPlace = { address: '127.0.0.1', port: 5354 };

/** One look at everything that installing or undoing depends on. Changes nothing. */
export async function look({ installation, projects }: About, ports: PublishPorts, signal: AbortSignal): Promise<HostSituation & { readonly notes: readonly string[] }> {
  const { system, resolver } = ports.hostNames;
  const facts = await system.facts(signal);
  const place = resolver.place ?? NOWHERE;
  const { mechanism, note } = chooseMechanism(facts, place.port);
  const suffixes = [...new Set(projects.flatMap((project) => project.suffixes))];
  const hosts = hostsFile(facts.platform);
  const wanted = [...ownFiles(mechanism, suffixes, place).keys()];
  const possible = [hosts, ...(facts.platform === 'linux' ? [RESOLVED_FILE] : []), ...(facts.platform === 'darwin' ? await system.list(RESOLVER_FOLDER) : [])];
  const paths = [...new Set([...wanted, ...(installation?.originals ?? []).map(({ path }) => path), ...possible])];
  const files = new Map(await Promise.all(paths.map(async (path) => [path, await system.read(path)] as const)));
  const missing = await Promise.all(wanted.map((path) => system.missingFolders(path)));
  return {
    facts,
    mechanism,
    place,
    suffixes,
    files,
    installation,
    block: mechanism === 'hosts-file' ? await blockNow(textOf(files.get(hosts)), suffixes, ports, signal) : [],
    rules: await system.rules(signal),
    missingFolders: [...new Set(missing.flat())],
    notes: note === undefined || suffixes.length === 0 ? [] : [note],
  };
}

/** Where the engine cannot be asked, the block stays what it is. */
async function blockNow(text: string, suffixes: readonly string[], ports: PublishPorts, signal: AbortSignal): Promise<string[]> {
  try {
    await ports.engine.connect(signal);
    return blockLines(await readFeed(ports, signal), suffixes);
  } catch (error) {
    if (signal.aborted) throw error;
    return linesInBlock(text);
  }
}

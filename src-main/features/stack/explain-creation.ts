import { BacklotError } from '#contract/errors.ts';
import { plainValue, type ResolvedModel, type ResolvedService } from '#ports/compose.ts';

type Mounted = { readonly type?: string; readonly source?: string; readonly target?: string };
type Definition = { readonly file?: string } | null;
type Explained = { readonly services: readonly string[]; readonly why: string; readonly fix: string };

/**
 * The failure of Compose to make containers, in words of the project: whose container it is, why, and what to do. Compose tells the engine's reason and not
 * the service, which is found by what the reason names. Failures of other kinds are given back as they are. Pure.
 */
export function explainCreation(error: unknown, model: ResolvedModel, services: readonly string[]): unknown {
  if (!(error instanceof BacklotError) || error.code !== 'compose-failed') return error;
  const explained = explain(`${error.message}\n${String(error.cause ?? '')}`, model, services);
  if (!explained) return new BacklotError(error.code, error.message, { cause: error.cause, fix: 'When it is mended, backlot up goes on from here.' });
  const owners = explained.services.length > 0 ? `${explained.services.join(', ')}: ` : '';
  return new BacklotError('compose-failed', `${owners}${explained.why}`, { cause: error.cause ?? error.message, fix: `${explained.fix} Then backlot up goes on from here.` });
}

function explain(said: string, model: ResolvedModel, names: readonly string[]): Explained | undefined {
  const owning = (isIt: (service: ResolvedService) => boolean) => names.filter((name) => isIt(model.services[name] ?? {}));
  const conflict = /container name "\/?([^"]+)" is already in use by container "([0-9a-f]{12})/.exec(said);
  if (conflict) {
    const [, name = '', id = ''] = conflict;
    const own = owning((service) => service.container_name === name);
    const fix = own.length > 0 ? `Rename or remove that container (docker rm ${id}), or change container_name in the Compose file.` : `Rename or remove that container (docker rm ${id}).`;
    return { services: own, why: `another container, ${id}, has the name ${name} already`, fix };
  }
  const missing = /bind source path does not exist: (.+)|invalid mount config for type "bind": stat (.+): not a directory/.exec(said)?.slice(1).find((path) => path !== undefined)?.trim();
  if (missing !== undefined) return missingSource(missing, model, owning);
  const variable = /environment variable "([^"]+)" required by (?:file|secret|config) "([^"]+)" is not set/.exec(said);
  if (variable) {
    const keys = (['secrets', 'configs'] as const).flatMap((kind) => Object.entries((model[kind] ?? {}) as Readonly<Record<string, { readonly environment?: string } | null>>).flatMap(([key, definition]) => (definition?.environment === variable[1] ? [key] : [])));
    return { services: owning((service) => handedTo(service).some(({ source = '' }) => keys.includes(source))), why: `the variable ${variable[1]}, which ${keys.join(', ') || variable[2]} is made of, is not set`, fix: `Set it in the environment that Backlot runs in, or in the .env beside backlot.yaml.` };
  }
  const external = /unsupported external (secret|config) (\S+)/.exec(said);
  if (external) return { services: owning((service) => handedTo(service).some(({ source }) => source === external[2])), why: `the ${external[1]} ${external[2]} is external, which only a Swarm has`, fix: 'Give it a file: or an environment: in the Compose file.' };
  const target = /invalid mount path: '([^']*)' mount path must be absolute/.exec(said)?.[1];
  if (target !== undefined) return { services: owning((service) => mountsOf(service).some((mount) => mount.target === target)), why: `${JSON.stringify(target)} is where a volume is to be mounted, and is no absolute path`, fix: 'Begin it with "/" in the Compose file.' };
  const windows = /invalid volume specification: '([A-Za-z]:\\[^:]*):/.exec(said)?.[1];
  if (windows !== undefined) return { services: owning((service) => mountsOf(service).some(({ source }) => source === windows)), why: `${windows} is a path of Windows, and the engine does not run there`, fix: 'Write it relative to the Compose file, such as ./data.' };
  return undefined;
}

function missingSource(missing: string, model: ResolvedModel, owning: (isIt: (service: ResolvedService) => boolean) => string[]): Explained {
  const files = (['secrets', 'configs'] as const).flatMap((kind) => Object.entries((model[kind] ?? {}) as Readonly<Record<string, Definition>>).flatMap(([key, definition]) => (definition?.file !== undefined && plainValue(definition.file) === missing ? [{ kind: kind.slice(0, -1), key }] : [])));
  const [first] = files;
  if (first) return { services: owning((service) => handedTo(service).some(({ source }) => files.some(({ key }) => key === source))), why: `the file of the ${first.kind} ${first.key} is not there: ${missing}`, fix: 'Make it, or correct its path in the Compose file.' };
  return { services: owning((service) => mountsOf(service).some(({ source }) => source !== undefined && plainValue(source) === missing)), why: `what is to be mounted is not there: ${missing}`, fix: 'Make it, or correct its path in the Compose file; bind: { create_host_path: true } has the engine make an empty folder.' };
}

const mountsOf = (service: ResolvedService) => (service['volumes'] ?? []) as readonly Mounted[];
const handedTo = (service: ResolvedService) => [...((service['secrets'] ?? []) as readonly Mounted[]), ...((service['configs'] ?? []) as readonly Mounted[])];

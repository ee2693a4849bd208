import { join } from 'node:path';
import type { EngineContext } from '#contract/engine.ts';
import { BacklotError } from '#contract/errors.ts';
import type { EngineChoice } from '#ports/container-engine.ts';
import { configDirectory, readContext, readContexts, readDockerConfig, readTls } from './contexts.ts';
import { addressError, addressUrl, defaultHost, parseAddress, type Endpoint, type Tls } from './endpoint.ts';

export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform?: NodeJS.Platform;
};

const DEFAULT = 'default';

/**
 * Chooses the engine as the docker CLI does: `--context` or `--host`, DOCKER_HOST, DOCKER_CONTEXT, the current context, the default socket.
 * Its own program puts DOCKER_HOST before DOCKER_CONTEXT, and lets the context named "default" stand for DOCKER_HOST or the default socket.
 */
export function resolveEndpoint(choice: EngineChoice, surroundings: Surroundings): Endpoint {
  const { environment, home } = surroundings;
  if (choice.host !== undefined && choice.context) {
    throw new BacklotError('usage', 'Give --host or --context, not both', { fix: 'Leave one of the two out.' });
  }
  const directory = configDirectory(environment, home);
  if (choice.context && choice.context !== DEFAULT) return fromContext(choice.context, '--context', directory, surroundings);
  if (choice.host !== undefined) return fromHost(choice.host, '--host', surroundings);
  const flag = choice.context ? '--context default, which is ' : '';
  if (environment['DOCKER_HOST']) return fromHost(environment['DOCKER_HOST'], `${flag}DOCKER_HOST`, surroundings);
  if (flag) return fromHost('', `${flag}the default socket`, surroundings);
  const { name, rule } = namedContext(environment, directory);
  if (name !== undefined && name !== DEFAULT) return fromContext(name, rule, directory, surroundings);
  return fromHost('', name === undefined ? rule : `${rule}, which is the default socket`, surroundings);
}

/** The contexts that exist, `default` first, with the one that would be used now marked. */
export function listContexts(choice: EngineChoice, surroundings: Surroundings): EngineContext[] {
  const directory = configDirectory(surroundings.environment, surroundings.home);
  const platform = surroundings.platform ?? process.platform;
  const current = currentContext(choice, surroundings.environment, directory);
  const show = (host: string) => {
    try {
      return addressUrl(parseAddress(host, platform));
    } catch {
      return 'not a valid address';
    }
  };
  const host = choice.host ?? (surroundings.environment['DOCKER_HOST'] || defaultHost(platform));
  return [
    { name: DEFAULT, endpoint: show(host), description: 'DOCKER_HOST or the default socket', current: current === DEFAULT },
    ...readContexts(directory).map((context) => ({
      name: context.name,
      endpoint: context.host === undefined ? 'not a Docker context' : show(context.host),
      ...(context.description !== undefined && { description: context.description }),
      current: current === context.name,
    })),
  ];
}

function currentContext(choice: EngineChoice, environment: Surroundings['environment'], directory: string): string {
  if (choice.context) return choice.context;
  if (choice.host !== undefined || environment['DOCKER_HOST']) return DEFAULT;
  return namedContext(environment, directory).name ?? DEFAULT;
}

function namedContext(environment: Surroundings['environment'], directory: string): { readonly name?: string; readonly rule: string } {
  if (environment['DOCKER_CONTEXT']) return { name: environment['DOCKER_CONTEXT'], rule: 'DOCKER_CONTEXT' };
  const config = readDockerConfig(directory);
  if (config.problem) return { rule: `the default socket (${config.file} was left out: ${config.problem})` };
  const current = config.content['currentContext'];
  if (typeof current === 'string' && current) return { name: current, rule: `the current context in ${config.file}` };
  return { rule: 'the default socket' };
}

function fromContext(name: string, rule: string, directory: string, { environment, platform }: Surroundings): Endpoint {
  const context = readContext(directory, name);
  const source = `the Docker context ${JSON.stringify(name)}`;
  try {
    if (context.host === undefined) throw new Error('it has no Docker endpoint');
    const address = parseAddress(context.host, platform ?? process.platform, context.tls);
    const variables = { DOCKER_CONTEXT: name, DOCKER_HOST: '', ...keep(environment, ['DOCKER_CONFIG']) };
    return { address, url: addressUrl(address), rule, context: name, commandLine: { arguments: ['--context', name], environment: variables } };
  } catch (error) {
    throw addressError(source, error, context.file);
  }
}

function fromHost(host: string, rule: string, surroundings: Surroundings): Endpoint {
  const { environment, platform } = surroundings;
  try {
    const isTcp = host !== '' && !/^(unix|npipe|ssh):/i.test(host.trim());
    const address = parseAddress(host, platform ?? process.platform, isTcp ? tlsOf(surroundings) : undefined);
    const url = addressUrl(address);
    const variables = { DOCKER_HOST: url, DOCKER_CONTEXT: '', ...keep(environment, ['DOCKER_CONFIG', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH']) };
    return { address, url, rule, commandLine: { arguments: ['--host', url], environment: variables } };
  } catch (error) {
    throw error instanceof BacklotError ? error : addressError(rule, error);
  }
}

function tlsOf({ environment, home }: Surroundings): Tls | undefined {
  const verify = Boolean(environment['DOCKER_TLS_VERIFY']);
  if (!verify && !environment['DOCKER_TLS']) return undefined;
  const directory = environment['DOCKER_CERT_PATH'] || configDirectory(environment, home);
  const tls = readTls(directory, !verify);
  if (verify && !tls?.ca) {
    throw new BacklotError('context-invalid', 'DOCKER_TLS_VERIFY is set, and there is no certificate to verify the engine with', {
      where: { file: join(directory, 'ca.pem') },
      fix: 'Set DOCKER_CERT_PATH to the folder that holds ca.pem, cert.pem and key.pem.',
    });
  }
  return tls;
}

function keep(environment: Surroundings['environment'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}

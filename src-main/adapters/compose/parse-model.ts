import { parse } from 'yaml';
import { BacklotError } from '#contract/errors.ts';
import type { ResolvedModel } from '#ports/compose.ts';

/** The model that Compose printed. */
export function parseModel(text: string, files: readonly string[]): ResolvedModel {
  return asModel(parseJson(text), files);
}

/** The model in Compose's other format, in which older ones print `id=path` below `ssh:` as `id: path`. */
export function parseYamlModel(text: string, files: readonly string[]): ResolvedModel {
  const model = asModel(parse(text, { merge: true }), files);
  const services = Object.entries(model.services).map(([name, service]) => {
    const { ssh, ...build } = (service.build ?? {}) as { ssh?: unknown };
    if (!Array.isArray(ssh)) return [name, service];
    return [name, { ...service, build: { ...build, ssh: ssh.map((key) => String(key).replace(/^([^=:]+): (?=.)/, '$1=')) } }];
  });
  return { ...model, services: Object.fromEntries(services) as ResolvedModel['services'] };
}

function asModel(model: unknown, files: readonly string[]): ResolvedModel {
  if (!isModel(model)) {
    throw new BacklotError('compose-failed', `Docker Compose printed no model for ${files.join(', ')}`, { fix: 'Check that docker compose config prints one.' });
  }
  return model;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isModel(value: unknown): value is ResolvedModel {
  const { name, services } = (value ?? {}) as { name?: unknown; services?: unknown };
  return typeof name === 'string' && typeof services === 'object' && services !== null;
}

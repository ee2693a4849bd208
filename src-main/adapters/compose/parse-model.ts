import { BacklotError } from '#contract/errors.ts';
import type { ResolvedModel } from '#ports/compose.ts';

/** The model that Compose printed. */
export function parseModel(text: string, files: readonly string[]): ResolvedModel {
  const model = parseJson(text);
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

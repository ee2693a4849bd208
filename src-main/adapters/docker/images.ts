import type { ImageFacts } from '#ports/container-engine.ts';
import { callUnlessMissing, reading } from './calls.ts';
import type { Connection } from './connection.ts';
import { isImageId, parseImageName } from './image-name.ts';

type ApiImage = {
  readonly Id?: string;
  readonly Size?: number;
  readonly Os?: string;
  readonly Architecture?: string;
  readonly Config?: { readonly ExposedPorts?: Readonly<Record<string, unknown>> | null; readonly Volumes?: Readonly<Record<string, unknown>> | null; readonly Env?: readonly string[] | null; readonly Labels?: Readonly<Record<string, string>> | null; readonly WorkingDir?: string } | null;
};

/** What the engine knows of an image, or `undefined` where it does not have it. */
export async function inspectImage(connection: Connection, name: string, signal: AbortSignal): Promise<ImageFacts | undefined> {
  if (!isImageId(name)) parseImageName(name);
  const reply = await callUnlessMissing(connection, reading(`look at the image ${name}`), signal, (modem, until) => modem.call({ method: 'GET', path: `/images/${name}/json` }, until));
  if (reply === undefined) return undefined;
  const image = reply as ApiImage;
  return {
    id: image.Id ?? '',
    exposedPorts: Object.keys(image.Config?.ExposedPorts ?? {}),
    size: image.Size ?? 0,
    volumes: Object.keys(image.Config?.Volumes ?? {}),
    environment: Object.fromEntries((image.Config?.Env ?? []).map((text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)])),
    labels: image.Config?.Labels ?? {},
    directory: image.Config?.WorkingDir || '/',
    platform: `${image.Os ?? 'linux'}/${image.Architecture ?? ''}`,
  };
}

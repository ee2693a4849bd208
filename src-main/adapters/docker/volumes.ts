import { BacklotError } from '#contract/errors.ts';
import { LABELS, type NewVolume, type Volume } from '#ports/container-engine.ts';
import { callEngine, callToItsEnd, callUnlessMissing, changing, reading } from './calls.ts';
import type { Connection } from './connection.ts';
import { cancelled } from './deadline.ts';

type ApiVolume = {
  readonly Name?: string;
  readonly Mountpoint?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly CreatedAt?: string;
};

/** Removing a volume removes what it holds, which may be much. */
const REMOVAL = 120_000;

/** Volumes that carry all of these labels. */
export async function listVolumes(connection: Connection, labels: readonly string[], signal: AbortSignal): Promise<Volume[]> {
  const reply = await callEngine(connection, reading('list the volumes'), signal, (modem, until) => modem.call({ method: 'GET', path: '/volumes', query: { filters: { label: labels } } }, until));
  return ((reply as { readonly Volumes?: readonly ApiVolume[] | null } | undefined)?.Volumes ?? []).map(describeVolume);
}

/** A volume, or `undefined` where there is none of that name. */
export async function inspectVolume(connection: Connection, name: string, signal: AbortSignal): Promise<Volume | undefined> {
  const reply = await callUnlessMissing(connection, reading('look at the volume'), signal, (modem, until) => modem.call({ method: 'GET', path: pathOf(name) }, until));
  return reply === undefined ? undefined : describeVolume(reply);
}

/** Makes a volume. The engine answers one that is there already as if it had just been made, so that its labels are looked at. */
export async function createVolume(connection: Connection, { name, labels, options = {} }: NewVolume, signal: AbortSignal): Promise<Volume> {
  const body = { Name: name, Driver: 'local', DriverOpts: options, Labels: labels };
  const reply = await callToItsEnd(connection, changing(`make the volume ${name}`), signal, (modem, until) => modem.call({ method: 'POST', path: '/volumes/create', body }, until));
  const volume = describeVolume(reply);
  if (signal.aborted) throw cancelled();
  if (Object.entries(labels).some(([label, value]) => volume.labels[label] !== value)) {
    throw new BacklotError('foreign-objects', `There is a volume ${name} already, which is not the one that was to be made`, { fix: `Look at it: docker volume inspect ${name}` });
  }
  return volume;
}

/** Removes a volume of ours with what it holds. */
export async function removeVolume(connection: Connection, name: string, signal: AbortSignal): Promise<void> {
  const volume = await inspectVolume(connection, name, signal);
  if (!volume) return;
  if (!(LABELS.role in volume.labels)) throw new BacklotError('foreign-objects', `The volume ${name} is not one that Backlot made`, { fix: `If it is to go: docker volume rm ${name}` });
  await callUnlessMissing(connection, { doing: `remove the volume ${name}`, deadline: REMOVAL }, signal, (modem, until) => modem.call({ method: 'DELETE', path: pathOf(name) }, until));
}

function pathOf(name: string): string {
  return `/volumes/${encodeURIComponent(name)}`;
}

function describeVolume(reply: unknown): Volume {
  const volume = (reply ?? {}) as ApiVolume;
  const created = Date.parse(volume.CreatedAt ?? '');
  return {
    name: volume.Name ?? '',
    labels: volume.Labels ?? {},
    mountpoint: volume.Mountpoint ?? '',
    options: volume.Options ?? {},
    ...(!Number.isNaN(created) && { created }),
  };
}

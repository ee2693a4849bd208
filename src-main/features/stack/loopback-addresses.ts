import { createHash } from 'node:crypto';
import type { Environment } from './environment.ts';

/** Of 127.213.0.0/16, which hardly anybody else uses. */
const PLACES = 0x1_00_00;

/** The loopback address of each service of a set: the same one every time, and none twice in a set or one that others have. Pure. */
export function loopbackAddresses({ project, set }: Environment, others: ReadonlySet<string>): (service: string) => string {
  const places = new Set<number>();
  const addresses = new Map<string, string>();
  // Names, not places in the set: a service that comes along moves no other.
  for (const service of [...set.services].sort()) {
    const hash = createHash('sha256').update(`${project.directory}\0${set.name}\0${service}`).digest();
    let place = hash.readUInt16BE(0);
    while (!isUsable(place) || places.has(place) || others.has(addressAt(place))) place = (place + 1) % PLACES;
    places.add(place);
    addresses.set(service, addressAt(place));
  }
  return (service) => addresses.get(service) ?? '127.0.0.1';
}

function addressAt(place: number): string {
  return `127.213.${place >> 8}.${place & 0xff}`;
}

function isUsable(place: number): boolean {
  return (place & 0xff) !== 0 && (place & 0xff) !== 0xff;
}

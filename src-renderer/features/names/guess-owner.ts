import { cutSuffix } from './fold.ts';

/** The services in the order in which they are likely to be meant by a missed name: those that share most of its beginning first. */
export function guessOwners(name: string, services: readonly string[], suffixes: readonly string[]): readonly string[] {
  const wanted = cutSuffix(name, suffixes).stem.toLowerCase();
  const scores = new Map(services.map((service) => [service, likeness(wanted, service.toLowerCase())]));
  return [...services].sort((one, other) => (scores.get(other) ?? 0) - (scores.get(one) ?? 0));
}

const LEAST_SHARED = 3;

function likeness(wanted: string, service: string): number {
  const words = service.split(/[^a-z0-9]+/).filter((word) => word.length >= LEAST_SHARED && wanted.includes(word));
  const shared = sharedStart(wanted, service);
  return (shared >= LEAST_SHARED ? shared : 0) + words.join('').length * 2;
}

function sharedStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

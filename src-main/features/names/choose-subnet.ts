import { BacklotError } from '#contract/errors.ts';
import { contains, formatSubnet, overlaps, parseSubnet, sizeOf, type Subnet } from './cidr.ts';

/** The smallest network that is made: 61 containers and a gateway. */
const SMALLEST = 26;

/** Ours first; then the range for measuring networks, which nothing routes; then what few offices use. */
const DEFAULT_RANGES = ['10.213.0.0/16', '198.18.0.0/15', '172.24.0.0/14'];

export const RANGE_VARIABLE = 'BACKLOT_ADDRESS_RANGE';

export type Choice = {
  readonly ranges: readonly Subnet[];
  /** Addresses that will be needed. */
  readonly needed: number;
  /** What others have: networks of the engine, routes of the machine, what the engine just refused. */
  readonly taken: readonly Subnet[];
  /** What the network is for: the same text tends to get the same addresses again, and two texts different ones. */
  readonly purpose: string;
};

/** The ranges that networks are taken from, in order of preference: what the variable says, else our own. */
export function addressRanges(variable: string | undefined): Subnet[] {
  const texts = variable === undefined || variable.trim() === '' ? DEFAULT_RANGES : variable.split(',').map((text) => text.trim());
  return texts.map((text) => {
    const range = text.includes('/') ? parseSubnet(text) : undefined;
    if (range && range.prefix <= SMALLEST) return range;
    throw new BacklotError('usage', `${RANGE_VARIABLE}=${variable} is no range of at least ${sizeOf({ first: 0, prefix: SMALLEST })} IPv4 addresses`, {
      fix: `Write it as an address and a number of bits, such as ${RANGE_VARIABLE}=${DEFAULT_RANGES[0]}`,
    });
  });
}

/** A subnet for a new network that overlaps nothing that is taken. Pure. Fails where there is none left. */
export function chooseSubnet({ ranges, needed, taken, purpose }: Choice): Subnet {
  const prefix = prefixFor(needed);
  for (const range of ranges) {
    const found = firstFree(range, prefix, taken.filter((other) => overlaps(range, other)), hash(purpose));
    if (found) return found;
  }
  const names = ranges.map(formatSubnet).join(', ');
  const size = needed > sizeOf({ first: 0, prefix: SMALLEST }) ? ` of ${needed} addresses` : '';
  throw new BacklotError('addresses-exhausted', `There is no room${size} left in ${names}: networks of the engine and routes of this machine take it`, {
    fix: `Bring down environments that are not used (backlot down --all, backlot clean), or choose another range: ${RANGE_VARIABLE}=10.100.0.0/16 backlot up`,
  });
}

/** Bits of a subnet with room for these addresses, its gateway, and the two that no container can have. */
export function prefixFor(needed: number): number {
  return Math.min(SMALLEST, 32 - Math.ceil(Math.log2(needed + 3)));
}

function firstFree(range: Subnet, prefix: number, taken: readonly Subnet[], start: number): Subnet | undefined {
  if (prefix < range.prefix || taken.some((other) => contains(other, range))) return undefined;
  const count = 2 ** (prefix - range.prefix);
  for (let index = 0; index < count; index++) {
    const candidate = { first: range.first + ((start + index) % count) * sizeOf({ first: 0, prefix }), prefix };
    if (!taken.some((other) => overlaps(other, candidate))) return candidate;
  }
  return undefined;
}

/** FNV-1a: spreads texts evenly. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value;
}

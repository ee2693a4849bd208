const [COLON, DOT] = [0x3a, 0x2e];
const GROUPS = 8;

/** The number that an address of IPv4 in ASCII between two places of some bytes is; -1 where something else stands there. */
export function readIPv4(source: Uint8Array, from: number, to: number): number {
  let [whole, part, digits, parts] = [0, 0, 0, 0];
  for (let at = from; at < to; at++) {
    const byte = source[at] ?? 0;
    if (byte === DOT) {
      if (digits === 0) return -1;
      whole = whole * 256 + part;
      parts += 1;
      part = digits = 0;
      continue;
    }
    // A zero in front would make it an octal number to some.
    if (byte < 0x30 || byte > 0x39 || (digits > 0 && part === 0)) return -1;
    part = part * 10 + byte - 0x30;
    if (++digits > 3 || part > 255) return -1;
  }
  return parts === 3 && digits > 0 ? whole * 256 + part : -1;
}

/**
 * Reads an address of IPv6 (RFC 4291, section 2.2; the last two groups also as IPv4) that stands in ASCII between two places of some bytes into its eight
 * groups. Answers false, with anything in the groups, where something else stands there: an address with a zone (%eth0) or a prefix as well.
 */
export function readIPv6(source: Uint8Array, from: number, to: number, groups: Uint16Array): boolean {
  let [count, gap, at] = [0, -1, from];
  if (source[at] === COLON) {
    if (source[at + 1] !== COLON || to - from < 2) return false;
    gap = 0;
    at += 2;
  }
  while (at < to) {
    if (count === GROUPS) return false;
    const start = at;
    let group = 0;
    for (; at < to && at - start < 4; at++) {
      const digit = hexDigit(source[at] ?? 0);
      if (digit < 0) break;
      group = group * 16 + digit;
    }
    if (at === start) return false;
    if (at < to && source[at] === DOT) {
      const last = readIPv4(source, start, to);
      if (last < 0 || count > GROUPS - 2) return false;
      groups[count++] = last >>> 16;
      groups[count++] = last;
      break;
    }
    groups[count++] = group;
    if (at === to) break;
    if (source[at++] !== COLON || at === to) return false;
    if (source[at] !== COLON) continue;
    if (gap >= 0) return false;
    gap = count;
    at += 1;
  }
  if (gap < 0) return count === GROUPS;
  if (count === GROUPS) return false;
  groups.copyWithin(GROUPS - count + gap, gap, count);
  groups.fill(0, gap, GROUPS - count + gap);
  return true;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

import type { Route } from '#ports/machine.ts';

/** The kernel's flag of a route that is in use. */
const IN_USE = 1;

/** The routes of /proc/net/route but the default one, and those that lead nowhere. */
export function parseRoutes(table: string): Route[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device, destination, , flags = '0', , , , mask = ''] = line.trim().split(/\s+/);
      if (!device || destination === undefined || (parseInt(flags, 16) & IN_USE) === 0) return [];
      const prefix = parseInt(mask, 16).toString(2).replaceAll('0', '').length;
      return prefix === 0 ? [] : [{ destination: `${address(destination)}/${prefix}`, device }];
    });
}

/** A word in the machine's own byte order, which is little-endian wherever we run. */
function address(hex: string): string {
  return (hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16)).reverse().join('.');
}

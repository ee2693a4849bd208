/** IPv4 addresses that share their first `prefix` bits. `first` is the lowest, as a number. */
export type Subnet = { readonly first: number; readonly prefix: number };

/** A subnet in CIDR notation, or a single address; `undefined` for anything else, IPv6 included. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address = '', bits = '32'] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  const value = parseAddress(address);
  const prefix = Number(bits);
  if (value === undefined || prefix > 32) return undefined;
  return { first: value - (value % sizeOf({ first: 0, prefix })), prefix };
}

/** An IPv4 address as a number. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255) || !/^[\d.]+$/.test(text)) return undefined;
  return parts.reduce((value, part) => value * 256 + part, 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function formatSubnet({ first, prefix }: Subnet): string {
  return `${formatAddress(first)}/${prefix}`;
}

/** How many addresses a subnet has, the two included that no container can have. */
export function sizeOf({ prefix }: Subnet): number {
  return 2 ** (32 - prefix);
}

export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.first < b.first + sizeOf(b) && b.first < a.first + sizeOf(a);
}

export function contains(outer: Subnet, inner: Subnet): boolean {
  return outer.prefix <= inner.prefix && overlaps(outer, inner);
}

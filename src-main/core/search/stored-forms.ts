import { readIPv6 } from '../ip-address.ts';

const UUID_LENGTH = 36;
const [DASH, SLASH, PERCENT] = [0x2d, 0x2f, 0x25];
const NONE: readonly Uint8Array[] = [];
const groups = new Uint16Array(8);

/**
 * The bytes by which servers store an address of a device or of IPv6, and a UUID as MariaDB turns it around. Forms so short that any file may have them by
 * coincidence are none. Those of numbers and of addresses of IPv4 are made in the kernel (`forms.as`): there may be millions.
 */
export function storedForms(value: Uint8Array): readonly Uint8Array[] {
  if (value.length === UUID_LENGTH && value.includes(DASH)) return formsOfUuid(textOf(value));
  return formsOfDevice(value) ?? formsOfAddress(value);
}

const textOf = (value: Uint8Array) => Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1');

/** MariaDB has the part that changes least first. */
function formsOfUuid(text: string): readonly Uint8Array[] {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return NONE;
  return [Buffer.from(text.split('-').reverse().join(''), 'hex')];
}

/** Of six to eight bytes; nothing where a value is no address of a device. */
function formsOfDevice(value: Uint8Array): readonly Uint8Array[] | undefined {
  if (value.length < 17 || value.length > 23 || !/^(?:[0-9a-f]{2}:){5,7}[0-9a-f]{2}$/i.test(textOf(value))) return undefined;
  const device = Buffer.from(textOf(value).replaceAll(':', ''), 'hex');
  return telling(device) >= 5 ? [device] : NONE;
}

/** An address of IPv6, with or without the length of a prefix or a zone. */
function formsOfAddress(value: Uint8Array): readonly Uint8Array[] {
  const end = value.findIndex((byte) => byte === SLASH || byte === PERCENT);
  if (!readIPv6(value, 0, end === -1 ? value.length : end, groups)) return NONE;
  const bytes = new Uint8Array(16);
  for (let group = 0; group < groups.length; group++) {
    bytes[group * 2] = (groups[group] ?? 0) >> 8;
    bytes[group * 2 + 1] = groups[group] ?? 0;
  }
  return telling(bytes) >= 6 ? [bytes] : NONE;
}

/** How many bytes are not those that fill files everywhere. */
function telling(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte !== 0 && byte !== 0xff) count += 1;
  return count;
}

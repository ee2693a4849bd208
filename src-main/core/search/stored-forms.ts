import { isIPv6 } from 'node:net';

const UUID_LENGTH = 36;
const NONE: readonly Uint8Array[] = [];

/**
 * The bytes by which servers store an address of a device or of IPv6, and a UUID as MariaDB turns it around. Forms so short that any file may have them by
 * coincidence are none. Those of numbers and of addresses of IPv4 are made in the kernel (`forms.as`): there may be millions.
 */
export function storedForms(value: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1');
  return text.length === UUID_LENGTH && text.includes('-') ? formsOfUuid(text) : formsOfColons(text);
}

/** MariaDB has the part that changes least first. */
function formsOfUuid(text: string): readonly Uint8Array[] {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return NONE;
  return [Buffer.from(text.split('-').reverse().join(''), 'hex')];
}

/** An address of a device, or of IPv6. */
function formsOfColons(text: string): readonly Uint8Array[] {
  if (/^(?:[0-9a-f]{2}:){5,7}[0-9a-f]{2}$/i.test(text)) {
    const device = Buffer.from(text.replaceAll(':', ''), 'hex');
    return telling(device) >= 5 ? [device] : NONE;
  }
  const [address = ''] = text.split('/');
  if (!isIPv6(address)) return NONE;
  const bytes = bytesOfV6(address);
  return telling(bytes) >= 6 ? [bytes] : NONE;
}

/** Bytes that are not those that fill files everywhere. */
const telling = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum + (byte === 0 || byte === 0xff ? 0 : 1), 0);

function bytesOfV6(address: string): Uint8Array {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = plain.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups = tail === undefined ? [...head] : [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

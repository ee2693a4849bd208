import { Decimal128 } from 'bson';
import { BINARY, BOOLEAN, CODE, DATE, DECIMAL, DOUBLE, INT, LONG, OBJECT_ID, SYMBOL, TEXT, TIMESTAMP, typeOf, UUID, type ValueKind } from './value-kinds.ts';

const UUID_TEXT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HEX = /^\\x((?:[0-9a-f]{2})*)$/i;
const DATE_TEXT = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?)?(?:Z|\+00)?$/;
/** The years that a text can say. */
const [EARLIEST, LATEST] = [-62_135_596_800_000n, 253_402_300_799_999n] as const;
const [INT_LIMIT, LONG_LIMIT] = [1n << 31n, 1n << 63n] as const;

/** A value's bytes as a text of bytes (each character is one byte), as rules take it. */
export function textOfValue(kind: ValueKind, bytes: Buffer, from: number, to: number): string {
  switch (kind) {
    case TEXT:
    case CODE:
    case SYMBOL:
      return bytes.toString('latin1', from + 4, to - 1);
    case DOUBLE:
      return textOfDouble(bytes.readDoubleLE(from));
    case INT:
      return String(bytes.readInt32LE(from));
    case LONG:
      return String(bytes.readBigInt64LE(from));
    case TIMESTAMP:
      return String(bytes.readBigUInt64LE(from));
    case BOOLEAN:
      return bytes[from] === 0 ? 'false' : 'true';
    case DATE:
      return textOfDate(bytes.readBigInt64LE(from));
    case DECIMAL:
      return new Decimal128(bytes.subarray(from, to)).toString();
    case OBJECT_ID:
      return `\\x${bytes.toString('hex', from, to)}`;
    default:
      if (kind === UUID && to - from === 21) return bytes.toString('hex', from + 5, to).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
      return `\\x${bytes.toString('hex', typeOf(kind) === BINARY ? from + 5 : from, to)}`;
  }
}

/** A text as a value of this kind; where it is none, as the nearest kind that holds it, which is a text in the end. */
export function valueOfText(kind: ValueKind, text: string): { readonly type: number; readonly bytes: Buffer } {
  const bytes = bytesOfKind(kind, text);
  if (bytes) return { type: typeOf(kind), bytes };
  const long = kind === INT ? whole(LONG_LIMIT, text) : undefined;
  return long === undefined ? { type: TEXT, bytes: lengthAndText(text) } : { type: LONG, bytes: int64(long) };
}

function bytesOfKind(kind: ValueKind, text: string): Buffer | undefined {
  switch (kind) {
    case TEXT:
    case CODE:
    case SYMBOL:
      return lengthAndText(text);
    case DOUBLE:
      return /^(-?\d+(\.\d+)?(e[-+]?\d+)?|NaN|-?Infinity)$/i.test(text) ? double(Number(text)) : undefined;
    case INT: {
      const value = whole(INT_LIMIT, text);
      return value === undefined ? undefined : int64(value).subarray(0, 4);
    }
    case LONG: {
      const value = whole(LONG_LIMIT, text);
      return value === undefined ? undefined : int64(value);
    }
    case TIMESTAMP:
      return /^\d{1,20}$/.test(text) ? int64(BigInt.asIntN(64, BigInt(text))) : undefined;
    case BOOLEAN:
      return /^(true|t|1)$/i.test(text) ? Buffer.from([1]) : /^(false|f|0)$/i.test(text) ? Buffer.from([0]) : undefined;
    case DATE: {
      const date = dateOfText(text);
      return date === undefined ? undefined : int64(date);
    }
    case DECIMAL:
      return decimal(text);
    default:
      return rawBytes(kind, text);
  }
}

function rawBytes(kind: ValueKind, text: string): Buffer | undefined {
  const hex = kind === UUID && UUID_TEXT.test(text) ? text.replaceAll('-', '') : HEX.exec(text)?.[1];
  if (hex === undefined) return undefined;
  const raw = Buffer.from(hex, 'hex');
  if (kind === OBJECT_ID) return raw.length === 12 ? raw : undefined;
  return typeOf(kind) === BINARY ? Buffer.concat([int32(raw.length), Buffer.from([kind >>> 8]), raw]) : raw;
}

/** The shortest text that is this number again. */
function textOfDouble(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function textOfDate(milliseconds: bigint): string {
  if (milliseconds < EARLIEST || milliseconds > LATEST) return String(milliseconds);
  return new Date(Number(milliseconds)).toISOString().replace('T', ' ').replace('Z', '+00');
}

function dateOfText(text: string): bigint | undefined {
  if (/^-?\d{1,19}$/.test(text)) return BigInt.asIntN(64, BigInt(text));
  const [, year = '', month = '', day = '', hours = '00', minutes = '00', seconds = '00', fraction = '0'] = DATE_TEXT.exec(text) ?? [];
  const milliseconds = year === '' ? Number.NaN : Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0')}Z`);
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds);
}

function decimal(text: string): Buffer | undefined {
  try {
    return Buffer.from(Decimal128.fromString(text).bytes);
  } catch {
    return undefined;
  }
}

function whole(limit: bigint, text: string): bigint | undefined {
  if (!/^-?\d{1,20}$/.test(text)) return undefined;
  const value = BigInt(text);
  return value >= -limit && value < limit ? value : undefined;
}

function lengthAndText(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length + 5);
  bytes.writeInt32LE(text.length + 1);
  bytes.write(text, 4, 'latin1');
  bytes[text.length + 4] = 0;
  return bytes;
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

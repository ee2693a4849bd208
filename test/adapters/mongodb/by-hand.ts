/** BSON and archives put together byte by byte, by the published formats and by nothing that is under test. */

const POLYNOMIAL = 0xc96c5795d7870f42n;

const int32 = (value: number) => bytesOf(4, (bytes) => bytes.writeInt32LE(value));
const int64 = (value: bigint) => bytesOf(8, (bytes) => bytes.writeBigInt64LE(value));
const double = (value: number) => bytesOf(8, (bytes) => bytes.writeDoubleLE(value));
const terminated = (text: string) => Buffer.concat([Buffer.from(text), Buffer.from([0])]);
const text = (value: string) => Buffer.concat([int32(Buffer.byteLength(value) + 1), terminated(value)]);

/** An element: its type, its name, its value. */
const element = (type: number, name: string, value: Buffer = Buffer.alloc(0)) => Buffer.concat([Buffer.from([type]), terminated(name), value]);

export const el = {
  double: (name: string, value: number) => element(0x01, name, double(value)),
  text: (name: string, value: string) => element(0x02, name, text(value)),
  document: (name: string, ...elements: Buffer[]) => element(0x03, name, documentOf(...elements)),
  array: (name: string, ...elements: Buffer[]) => element(0x04, name, documentOf(...elements)),
  binary: (name: string, subtype: number, value: Buffer) => element(0x05, name, Buffer.concat([int32(value.length), Buffer.from([subtype]), value])),
  undefined: (name: string) => element(0x06, name),
  objectId: (name: string, hex: string) => element(0x07, name, Buffer.from(hex, 'hex')),
  boolean: (name: string, value: boolean) => element(0x08, name, Buffer.from([value ? 1 : 0])),
  date: (name: string, milliseconds: bigint) => element(0x09, name, int64(milliseconds)),
  nothing: (name: string) => element(0x0a, name),
  regex: (name: string, pattern: string, flags: string) => element(0x0b, name, Buffer.concat([terminated(pattern), terminated(flags)])),
  pointer: (name: string, namespace: string, hex: string) => element(0x0c, name, Buffer.concat([text(namespace), Buffer.from(hex, 'hex')])),
  code: (name: string, code: string) => element(0x0d, name, text(code)),
  symbol: (name: string, value: string) => element(0x0e, name, text(value)),
  scopedCode: (name: string, code: string, ...scope: Buffer[]) => {
    const inner = Buffer.concat([text(code), documentOf(...scope)]);
    return element(0x0f, name, Buffer.concat([int32(inner.length + 4), inner]));
  },
  int: (name: string, value: number) => element(0x10, name, int32(value)),
  timestamp: (name: string, value: bigint) => element(0x11, name, int64(value)),
  long: (name: string, value: bigint) => element(0x12, name, int64(value)),
  decimal: (name: string, hex: string) => element(0x13, name, Buffer.from(hex, 'hex')),
  least: (name: string) => element(0xff, name),
  greatest: (name: string) => element(0x7f, name),
};

export function documentOf(...elements: readonly Buffer[]): Buffer {
  const body = Buffer.concat(elements);
  return Buffer.concat([int32(body.length + 5), body, Buffer.from([0])]);
}

/** The CRC of ECMA-182, reflected, bit by bit. */
export function crc(bytes: Uint8Array): bigint {
  let value = 0xffff_ffff_ffff_ffffn;
  for (const byte of bytes) {
    value ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = (value & 1n) === 1n ? (value >> 1n) ^ POLYNOMIAL : value >> 1n;
  }
  return value ^ 0xffff_ffff_ffff_ffffn;
}

export const MAGIC = Buffer.from('6de29981', 'hex');
export const END = Buffer.from('ffffffff', 'hex');

export type Collection = { readonly name: string; readonly metadata?: string; readonly type?: string; readonly documents?: readonly Buffer[] };

export const header = (version = '7.0.14') => documentOf(el.int('concurrent_collections', 4), el.text('version', '0.1'), el.text('server_version', version), el.text('tool_version', '100.10.0'));
export const description = (database: string, { name, metadata = '', type = '' }: Collection) => documentOf(el.text('db', database), el.text('collection', name), el.text('metadata', metadata), el.int('size', 0), el.text('type', type));
export const segment = (database: string, collection: string, documents: readonly Buffer[]) => Buffer.concat([documentOf(el.text('db', database), el.text('collection', collection), el.boolean('EOF', false), el.long('CRC', 0n)), ...documents, END]);
export const ending = (database: string, collection: string, sum: bigint) => Buffer.concat([documentOf(el.text('db', database), el.text('collection', collection), el.boolean('EOF', true), el.long('CRC', BigInt.asIntN(64, sum))), END]);

/** A whole archive; documents of collections that have several come in turns. */
export function archiveOf(databases: Readonly<Record<string, readonly Collection[]>>, version?: string): Buffer {
  const all = Object.entries(databases).flatMap(([database, collections]) => collections.map((collection) => ({ database, collection })));
  const longest = Math.max(0, ...all.map(({ collection }) => collection.documents?.length ?? 0));
  const turns = Array.from({ length: Math.ceil(longest / 2) }, (_, turn) => turn * 2);
  return Buffer.concat([
    MAGIC,
    header(version),
    ...all.map(({ database, collection }) => description(database, collection)),
    END,
    ...turns.flatMap((turn) => all.flatMap(({ database, collection: { name, documents = [] } }) => (documents.length > turn ? [segment(database, name, documents.slice(turn, turn + 2))] : []))),
    ...all.map(({ database, collection: { name, documents = [] } }) => ending(database, name, crc(Buffer.concat(documents)))),
  ]);
}

/** Bytes in pieces of one length. */
export async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

function bytesOf(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length);
  write(bytes);
  return bytes;
}

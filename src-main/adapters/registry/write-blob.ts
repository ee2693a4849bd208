import { createHash } from 'node:crypto';
import { BacklotError } from '#contract/errors.ts';
import type { Blob, Descriptor, Repository } from '#ports/image-registry.ts';
import { mayPass, statusOf } from './failures.ts';
import type { Response } from './http.ts';
import { repositoryPath, type Call, type RegistryClient } from './registry-client.ts';

/** So much is kept until the registry has it: from here a lost connection is resumed. */
const PIECE = 8 * 1024 * 1024;
/** A blob of no more goes with the request that ends its upload. */
const SMALL = 64 * 1024;
/** Whole pushes of one blob, and tries in a row of one piece. */
const MOST_PUSHES = 3;
const MOST_TRIES = 4;
const CANCEL_LIMIT = 5_000;

type Target = { readonly client: RegistryClient; readonly name: string; readonly findBlob: Repository['findBlob'] };

/** The registry no longer knows the upload: it has to begin anew. */
class UploadLost extends Error {}

/** Pushes a blob piece by piece, unless the registry has it. */
export async function writeBlob(target: Target, blob: Blob, signal: AbortSignal): Promise<Descriptor> {
  if (blob.digest !== undefined) {
    const size = await target.findBlob(blob.digest, signal);
    if (size !== undefined) return { mediaType: blob.mediaType, digest: blob.digest, size };
  }
  for (let push = 1; ; push++) {
    try {
      return await pushOnce(target, blob, signal);
    } catch (error) {
      if (!(error instanceof UploadLost)) throw error;
      if (push >= MOST_PUSHES) throw new BacklotError('registry-failed', `The registry ${target.client.host} lost the upload to ${target.name} ${push} times: ${error.message}`, { fix: 'Push again when the registry or the network is steadier.' });
    }
  }
}

async function pushOnce(target: Target, { mediaType, digest, open, onProgress }: Blob, signal: AbortSignal): Promise<Descriptor> {
  const hash = createHash('sha256');
  const upload = new Upload(target, signal);
  let whole: Uint8Array | undefined;
  let actual: string;
  try {
    for await (const piece of piecesOf(open(signal))) {
      hash.update(piece);
      if (upload.size === 0 && piece.length <= SMALL) whole = piece;
      else await upload.append(piece);
      onProgress?.(upload.size);
    }
    actual = `sha256:${hash.digest('hex')}`;
    if (digest !== undefined && digest !== actual) throw new BacklotError('registry-failed', `What was to be pushed as ${digest} has the digest ${actual}`, { fix: 'The stored content was changed: capture or build it again.' });
  } catch (error) {
    await upload.cancel();
    throw error;
  }
  await upload.finish(actual, whole);
  onProgress?.(upload.size);
  return { mediaType, digest: actual, size: upload.size };
}

class Upload {
  size = 0;
  private readonly target: Target;
  private readonly signal: AbortSignal;
  private location: URL | undefined;

  constructor(target: Target, signal: AbortSignal) {
    this.target = target;
    this.signal = signal;
  }

  /** Appends a piece, however often the connection is lost on the way. */
  async append(piece: Uint8Array): Promise<void> {
    const end = this.size + piece.length;
    const begin = this.size;
    for (let tries = 0; this.size < end; tries++) {
      try {
        await this.patch(piece.subarray(this.size - begin));
      } catch (error) {
        if (!mayPass(error) || this.signal.aborted) throw error;
        if (tries + 1 >= MOST_TRIES) throw error;
        await this.resume(begin, end, error);
      }
    }
  }

  /** Ends the upload, with what is small enough to go with that. */
  async finish(digest: string, bytes: Uint8Array = new Uint8Array(0)): Promise<void> {
    const location = this.location ?? (await this.begin());
    location.searchParams.set('digest', digest);
    try {
      const response = await this.call({ method: 'PUT', path: location, ...(bytes.length > 0 && { headers: { 'content-type': 'application/octet-stream' } }), body: bytes, expected: [201, 204], once: true });
      response.body.resume();
    } catch (error) {
      // The answer may have been lost, not the blob.
      if (!mayPass(error) || (await this.target.findBlob(digest, this.signal)) === undefined) throw mayPass(error) ? new UploadLost(String(error)) : lostOr(error);
    }
    this.size += bytes.length;
  }

  /** Tells the registry that nothing more comes; whether it hears that or not, there is no blob. */
  async cancel(): Promise<void> {
    if (!this.location) return;
    const signal = AbortSignal.timeout(CANCEL_LIMIT);
    const { client, name } = this.target;
    const call = { method: 'DELETE', path: this.location, repository: name, access: 'push', action: 'pushing to', expected: [200, 202, 204, 404], once: true } as const;
    await client.call(call, signal).then((response) => response.body.resume(), () => {});
  }

  private async begin(): Promise<URL> {
    const response = await this.call({ method: 'POST', path: `${repositoryPath(this.target.name)}/blobs/uploads/`, body: new Uint8Array(0), expected: [202] });
    return this.moveTo(response);
  }

  private async patch(bytes: Uint8Array): Promise<void> {
    const location = this.location ?? (await this.begin());
    const headers = { 'content-type': 'application/octet-stream', 'content-range': `${this.size}-${this.size + bytes.length - 1}` };
    try {
      this.moveTo(await this.call({ method: 'PATCH', path: location, headers, body: bytes, expected: [202, 204], once: true }));
    } catch (error) {
      throw lostOr(error);
    }
    this.size += bytes.length;
  }

  /** Asks the registry how much it has; fails with UploadLost where it cannot go on from there. */
  private async resume(begin: number, end: number, cause: unknown): Promise<void> {
    if (!this.location) return;
    let response: Response;
    try {
      response = await this.call({ method: 'GET', path: this.location, expected: [204] });
    } catch (error) {
      throw lostOr(error);
    }
    this.moveTo(response);
    const range = /(\d+)-(\d+)$/.exec(response.headers['range'] ?? '');
    // `0-0` is said of nothing as of one byte.
    const have = range ? Number(range[2]) + (range[2] === '0' ? 0 : 1) : 0;
    if (have < begin || have > end) throw new UploadLost(String(cause));
    this.size = have;
  }

  private moveTo(response: Response): URL {
    response.body.resume();
    const location = response.headers['location'];
    this.location = location === undefined ? (this.location ?? response.url) : new URL(location, response.url);
    return this.location;
  }

  private call(call: Pick<Call, 'method' | 'path' | 'headers' | 'body' | 'expected' | 'once'>): Promise<Response> {
    return this.target.client.call({ ...call, repository: this.target.name, access: 'push', action: 'pushing to' }, this.signal);
  }
}

/** What an upload that is no longer known is answered with. */
const lostOr = (error: unknown) => ([400, 404, 416].includes(statusOf(error) ?? 0) ? new UploadLost(error instanceof Error ? error.message : String(error)) : error);

/** The stream in pieces of one size; the last is shorter. */
async function* piecesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafe(PIECE);
  let length = 0;
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + PIECE - length);
      piece.set(part, length);
      length += part.length;
      from += part.length;
      if (length < PIECE) continue;
      yield piece;
      piece = Buffer.allocUnsafe(PIECE);
      length = 0;
    }
  }
  if (length > 0) yield piece.subarray(0, length);
}

import { createHash } from 'node:crypto';
import { pause } from '#adapters/docker/deadline.ts';
import { BacklotError } from '#contract/errors.ts';
import type { Descriptor } from '#ports/image-registry.ts';
import { statusOf, withoutAnswer, Passing } from './failures.ts';
import { repositoryPath, type RegistryClient } from './registry-client.ts';
import { mismatch } from './repository.ts';

/** Tries in a row that bring nothing. */
const MOST_FRUITLESS = 5;

/** A blob's bytes; goes on where the connection was lost. */
export async function* readBlob(client: RegistryClient, name: string, { digest, size }: Pick<Descriptor, 'digest' | 'size'>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new BacklotError('registry-failed', `${JSON.stringify(digest.slice(0, 100))} is not a digest of SHA-256`, { fix: 'Push it again with Backlot.' });
  const hash = createHash('sha256');
  let have = 0;
  for (let fruitless = 0; have < size || (size === 0 && fruitless === 0); ) {
    const before = have;
    try {
      for await (const chunk of rest(client, name, { digest, from: have }, signal)) {
        have += chunk.length;
        if (have > size) throw mismatch(`The blob ${digest}`, name, `more than its ${size} bytes`);
        hash.update(chunk);
        yield chunk;
      }
      if (size === 0) break;
    } catch (error) {
      if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
      // Nothing of it is there from where it has to go on.
      if (have > 0 && statusOf(error) === 416) throw tooShort(client.host, name, { digest, size, have });
      if (error instanceof BacklotError) throw error;
      const failure = withoutAnswer({ host: client.host, repository: name, action: 'pulling from' }, error);
      if (!(failure instanceof Passing)) throw failure;
      if (have === before && ++fruitless >= MOST_FRUITLESS) throw failure.final;
      await pause(200 * 2 ** fruitless, signal);
      continue;
    }
    // An answer that ended early without an error is a lost connection too.
    if (have < size && have === before && ++fruitless >= MOST_FRUITLESS) throw mismatch(`The blob ${digest}`, name, `only ${have} of its ${size} bytes`);
    if (have > before) fruitless = 0;
  }
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== digest) throw mismatch(`The blob ${digest}`, name, actual);
}

function tooShort(host: string, name: string, { digest, size, have }: { readonly digest: string; readonly size: number; readonly have: number }): BacklotError {
  return new BacklotError('registry-failed', `The registry ${host} has only ${have} bytes of the blob ${digest} of ${name}, and the manifest says ${size}`, { fix: 'Have the registry’s storage checked, then have it pushed again.' });
}

async function* rest(client: RegistryClient, name: string, { digest, from }: { readonly digest: string; readonly from: number }, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  const response = await client.call({ method: 'GET', path: `${repositoryPath(name)}/blobs/${digest}`, headers, repository: name, access: 'pull', action: 'pulling from', expected: [200, 206] }, signal);
  // One that does not know ranges begins at the beginning.
  let skip = response.status === 206 ? 0 : from;
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      const wanted = chunk.subarray(skip);
      skip = Math.max(0, skip - chunk.length);
      if (wanted.length > 0) yield wanted;
    }
  } finally {
    response.body.destroy();
  }
}

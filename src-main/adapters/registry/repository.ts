import { createHash } from 'node:crypto';
import { BacklotError } from '#contract/errors.ts';
import type { Descriptor, Manifest, Repository } from '#ports/image-registry.ts';
import { readBlob } from './read-blob.ts';
import { noteReferrer, referrers } from './referrers.ts';
import { repositoryPath, type RegistryClient } from './registry-client.ts';
import { writeBlob } from './write-blob.ts';

const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export function createRepository(client: RegistryClient, name: string): Repository {
  const path = repositoryPath(name);
  const repository: Repository = {
    name,

    async check(signal) {
      // A repository's own list of tags tells more than the bare /v2/: it needs the same access as a pull.
      const response = await client.call({ method: 'GET', path: `${path}/tags/list?n=1`, repository: name, access: 'pull', action: 'asking for', expected: [200, 404] }, signal);
      response.body.resume();
    },

    async readManifest(reference, signal): Promise<Manifest | undefined> {
      const response = await client.read({ method: 'GET', path: `${path}/manifests/${reference}`, headers: { accept: MANIFEST_TYPES }, repository: name, access: 'pull', action: 'reading from', expected: [200, 404] }, signal);
      const { bytes } = response;
      if (response.status === 404) return undefined;
      const digest = digestOf(bytes);
      if (reference.startsWith('sha256:') && digest !== reference) throw mismatch(`the manifest ${reference}`, name, digest);
      return { descriptor: { mediaType: mediaTypeOf(response.headers['content-type']), digest, size: bytes.length }, bytes };
    },

    async findManifest(reference, signal) {
      const response = await client.call({ method: 'HEAD', path: `${path}/manifests/${reference}`, headers: { accept: MANIFEST_TYPES }, repository: name, access: 'pull', action: 'asking for', expected: [200, 404] }, signal);
      response.body.resume();
      if (response.status === 404) return undefined;
      const { 'docker-content-digest': digest, 'content-length': size, 'content-type': type } = response.headers;
      if (digest !== undefined) return { mediaType: mediaTypeOf(type), digest, size: Number(size ?? 0) };
      return (await repository.readManifest(reference, signal))?.descriptor;
    },

    async writeManifest(reference, { mediaType, bytes }, signal): Promise<Descriptor> {
      const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
      const response = await client.call({ method: 'PUT', path: `${path}/manifests/${reference}`, headers: { 'content-type': mediaType }, body: bytes, repository: name, access: 'push', action: 'pushing to', expected: [201] }, signal);
      response.body.resume();
      const stored = response.headers['docker-content-digest'];
      if (stored !== undefined && stored.startsWith('sha256:') && stored !== descriptor.digest) throw mismatch('the manifest that was pushed', name, stored);
      await noteReferrer(repository, { descriptor, bytes }, response.headers['oci-subject'] !== undefined, signal);
      return descriptor;
    },

    async findBlob(digest, signal) {
      const response = await client.call({ method: 'HEAD', path: `${path}/blobs/${digest}`, repository: name, access: 'pull', action: 'asking for', expected: [200, 404] }, signal);
      response.body.resume();
      return response.status === 404 ? undefined : Number(response.headers['content-length'] ?? 0);
    },

    async mountBlob(digest, from, signal) {
      const query = new URLSearchParams({ mount: digest, from: repositoryPath(from) });
      const response = await client.call({ method: 'POST', path: `${path}/blobs/uploads/?${query}`, body: new Uint8Array(0), repository: name, access: 'push', action: 'pushing to', expected: [201, 202] }, signal);
      response.body.resume();
      return response.status === 201;
    },

    writeBlob: (blob, signal) => writeBlob({ client, name, findBlob: repository.findBlob }, blob, signal),
    readBlob: (descriptor, signal) => readBlob(client, name, descriptor, signal),

    async readBytes(descriptor, most, signal) {
      if (descriptor.size > most) throw new BacklotError('registry-failed', `The blob ${descriptor.digest} of ${name} has ${descriptor.size} bytes, and what it stands for has at most ${most}`, { fix: 'Backlot wrote no such blob: remove what names it there.' });
      const parts: Uint8Array[] = [];
      for await (const part of repository.readBlob(descriptor, signal)) parts.push(part);
      return Buffer.concat(parts);
    },

    referrers: (digest, artifactType, signal) => referrers(client, repository, { digest, artifactType }, signal),
  };
  return repository;
}

const mediaTypeOf = (header: string | undefined) => (header ?? 'application/octet-stream').split(';')[0]?.trim() ?? '';

/** Content that is not what its digest says. */
export const mismatch = (what: string, repository: string, actual: string) =>
  new BacklotError('registry-failed', `${what} of ${repository} is not what its digest says: it has ${actual}`, { fix: 'Something between here and the registry changes content: do not use it, and have the registry’s storage checked.' });

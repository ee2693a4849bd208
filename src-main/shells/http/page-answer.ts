import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createPageFiles, type PageFile } from './page-files.ts';

const compress = promisify(gzip);
const COMPRESSIBLE = /^(text\/|application\/json|image\/svg|application\/wasm)/;
const SMALLEST_COMPRESSED = 1024;

/** Answers with the files of the built page. They are public: there is no secret in them. */
export function createPageAnswer(root: string): (request: IncomingMessage, path: string, response: ServerResponse) => Promise<void> {
  const files = createPageFiles(root);
  const compressed = new WeakMap<PageFile, Promise<Buffer>>();

  function small(file: PageFile): Promise<Buffer> {
    const known = compressed.get(file) ?? compress(file.bytes);
    compressed.set(file, known);
    return known;
  }

  return async (request, path, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return void response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end();
    }
    const file = await files.find(path);
    if (file === 'bad') return void response.writeHead(400, { connection: 'close' }).end();
    if (file === 'missing') return void response.writeHead(404).end();

    response.setHeader('etag', file.tag);
    response.setHeader('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (request.headers['if-none-match'] === file.tag) return void response.writeHead(304).end();

    const worthIt = COMPRESSIBLE.test(file.type) && file.bytes.length >= SMALLEST_COMPRESSED;
    if (worthIt) response.setHeader('vary', 'accept-encoding');
    const asked = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const bytes = worthIt && asked ? await small(file) : file.bytes;
    if (bytes !== file.bytes) response.setHeader('content-encoding', 'gzip');
    response.writeHead(200, { 'content-type': file.type, 'content-length': bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  };
}

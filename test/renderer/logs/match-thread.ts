import { parentPort } from 'node:worker_threads';

// The page's worker, given what a page gives it.
const self = { onmessage: undefined as ((event: { data: unknown }) => void) | undefined, postMessage: (reply: unknown) => parentPort?.postMessage(reply) };
Object.assign(globalThis, { self });
await import('../../../src-renderer/features/logs/match.worker.ts');
parentPort?.on('message', (data: unknown) => self.onmessage?.({ data }));

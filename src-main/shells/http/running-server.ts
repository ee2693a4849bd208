import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const RunningServer = z.object({ pid: z.number(), started: z.string(), port: z.number(), directory: z.string().optional(), key: z.string() });
type RunningServer = z.infer<typeof RunningServer>;

/** Writes down where this process serves, readable by its user alone. */
export async function rememberServer(file: string, { port, directory, key }: { port: number; directory: string | undefined; key: string }): Promise<void> {
  const started = new Date(Date.now() - process.uptime() * 1000).toISOString();
  const entry: RunningServer = { pid: process.pid, started, port, ...(directory !== undefined && { directory }), key };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const written = `${file}.${process.pid}`;
  await writeFile(written, JSON.stringify(entry), { mode: 0o600 });
  await rename(written, file);
}

/** Removes what this process wrote down, unless another server has taken its place. */
export async function forgetServer(file: string): Promise<void> {
  const entry = await readServer(file);
  if (entry?.pid === process.pid) await rm(file, { force: true });
}

/** A fresh address, good for a minute, from the server that `file` tells of; `undefined` where none answers. */
export async function addressOfRunningServer(file: string, signal: AbortSignal): Promise<{ url: string; directory: string | undefined } | undefined> {
  const entry = await readServer(file);
  if (!entry) return undefined;
  try {
    const response = await fetch(`http://127.0.0.1:${entry.port}/api/address`, {
      method: 'POST',
      headers: { authorization: `Bearer ${entry.key}` },
      redirect: 'error',
      signal,
    });
    const { url } = z.object({ url: z.string() }).parse(await response.json());
    // Another program may have the port by now: what it says is not an address of ours.
    return url.startsWith(`http://127.0.0.1:${entry.port}/#k=`) ? { url, directory: entry.directory } : undefined;
  } catch {
    return undefined;
  }
}

async function readServer(file: string): Promise<RunningServer | undefined> {
  try {
    return RunningServer.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** Runs docker with a text as its input and answers what it printed; what it says against it is the error. */
export function dockerFed(args: readonly string[], text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('docker', args);
    let [out, error] = ['', ''];
    child.stdout.on('data', (part) => (out += String(part)));
    child.stderr.on('data', (part) => (error += String(part)));
    child.on('close', (code) => (code === 0 ? resolve(out.trim()) : reject(new Error(error))));
    child.stdin.end(text);
  });
}

/** How many processes of this machine run exactly this command line. */
export async function countRunning(...words: readonly string[]): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line === `${words.join('\0')}\0`).length;
}

import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { backlot, chain, startServe, timed, withProject, type Measured, type Row } from './bench.ts';

const browserOptions = {
  executablePath: process.env['BACKLOT_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
};

/** From the printed address to a page that shows the services of a set that is up. */
async function interactive(): Promise<Measured> {
  return withProject(chain, async ({ directory, env }) => {
    await timed('node', [backlot, 'up', '-C', directory], { env });
    const ours: number[] = [];
    let bytes = 0;
    for (let round = 0; round < 5; round++) {
      const server = await startServe(directory, env);
      const browser = await chromium.launch(browserOptions);
      const page = await browser.newPage();
      bytes = 0;
      page.on('response', (response) => void response.request().sizes().then(({ responseBodySize }) => (bytes += responseBodySize), () => {}));
      const began = performance.now();
      await page.goto(server.url);
      await page.getByText('cache', { exact: true }).first().waitFor();
      ours.push((performance.now() - began) / 1000);
      await browser.close();
      await server.stop();
    }
    return { unit: 's', ours, note: `${Math.round(bytes / 1024)} KB over the wire` };
  });
}

const TICKS_PER_SECOND = 100;

/** CPU and memory of `serve` with the page's streams open and nothing going on. */
async function idle(): Promise<{ cpu: number; memory: number }> {
  return withProject(chain, async ({ directory, env }) => {
    await timed('node', [backlot, 'up', '-C', directory], { env });
    const server = await startServe(directory, env);
    const browser = await chromium.launch(browserOptions);
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      await page.getByText('cache', { exact: true }).first().waitFor();
      await pause(3000);
      const before = await cpuSeconds(server.pid);
      await pause(20_000);
      return { cpu: ((await cpuSeconds(server.pid)) - before) * 5, memory: await residentMegabytes(server.pid) };
    } finally {
      await browser.close();
      await server.stop();
    }
  });
}

async function cpuSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

let idleMeasured: ReturnType<typeof idle> | undefined;
const measureIdle = () => (idleMeasured ??= idle());

export const pageRows: readonly Row[] = [
  { name: 'page interactive', goal: 1, measure: interactive },
  { name: 'idle CPU', goal: 1, measure: async () => ({ unit: '% of a core', ours: [(await measureIdle()).cpu], note: 'page visible, statistics sampled' }) },
  { name: 'idle memory', goal: 150, measure: async () => ({ unit: 'MB', ours: [(await measureIdle()).memory] }) },
];

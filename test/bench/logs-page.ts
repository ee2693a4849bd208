import type { CDPSession } from '@playwright/test';
import { openPage } from './page-rig.ts';
import { endlessLines, syntheticCore } from './synthetic-core.ts';

const SECONDS = 10;
const GOAL = { linesPerSecond: 20_000, frame: 50 };

/** What the page gets: as much as it takes, and a little more than the goal. */
const LOADS = [
  { load: 'unbounded', rate: Infinity },
  { load: '22,000 lines/s', rate: 22_000 },
];

/** Floods the logs page and reports lines a second, frames, memory and the page's own computing. Exits with 1 when a goal of quality.md is missed. */
async function main(): Promise<void> {
  for (const { load, rate } of LOADS) await measureLoad(load, rate);
}

async function measureLoad(load: string, rate: number): Promise<void> {
  const dispatcher = syntheticCore({ streams: { 'stack.logs': (_input, signal) => endlessLines(400, signal, rate) } });
  const rig = await openPage({ dispatcher, path: '/logs' });
  try {
    await rig.page.waitForSelector('[role="log"] [data-kind]');
    const cdp = await rig.page.context().newCDPSession(rig.page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    await rig.page.waitForTimeout(2000);
    for (const filter of ['', 'request 1', '/duration=[0-9]+7ms/']) {
      await rig.page.fill('[data-filter]', filter);
      await rig.page.waitForTimeout(1500);
      const before = await threadSeconds(cdp);
      const figures = await rig.page.evaluate(measure, SECONDS);
      const computing = Math.round(((await threadSeconds(cdp)) - before) * (1000 / SECONDS));
      console.log(JSON.stringify({ load, filter, ...figures, computing: `${computing} ms/s`, goal: GOAL }));
      // Unbounded, the share of frames is the page's choice; at the goal's rate it is what a person feels.
      if (figures.linesPerSecond < GOAL.linesPerSecond || (rate < Infinity && figures.p95Frame > GOAL.frame)) process.exitCode = 1;
    }
  } finally {
    await rig.close();
  }
}

/** Seconds of processor time that the page's thread has used. */
async function threadSeconds(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
}

/** Runs in the page: counts the lines that were taken in and the time between frames. */
async function measure(seconds: number) {
  const taken = () => {
    const text = document.querySelector('footer')?.textContent ?? '';
    const [held = 0, dropped = 0] = [/([\d,]+) lines? ·/, /([\d,]+) older/].map((part) => Number((part.exec(text)?.[1] ?? '0').replaceAll(',', '')));
    return held + dropped;
  };
  const heap = () => Math.round((performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize / 2 ** 20);
  const heapBefore = heap();
  const linesBefore = taken();
  const from = performance.now();
  const frames: number[] = [];
  let last = from;
  while (performance.now() - from < seconds * 1000) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  frames.sort((left, right) => left - right);
  const at = (share: number) => Math.round(frames[Math.floor((frames.length - 1) * share)] ?? 0);
  return {
    linesPerSecond: Math.round((taken() - linesBefore) / ((performance.now() - from) / 1000)),
    frames: frames.length, medianFrame: at(0.5), p95Frame: at(0.95), worstFrame: at(1), heapBefore, heapAfter: heap(),
  };
}

await main();

import type { Measured, Row } from './bench.ts';
import { openPage } from './page-rig.ts';
import { endlessLines, syntheticCore } from './synthetic-core.ts';

const SECONDS = 10;

type Figures = Awaited<ReturnType<typeof measure>>;

/** Floods the logs page with as much as it takes, or with so many lines a second. */
async function flood(rate: number): Promise<Figures> {
  const dispatcher = syntheticCore({ streams: { 'stack.logs': (_input, signal) => endlessLines(400, signal, rate) } });
  const rig = await openPage({ dispatcher, path: '/logs' });
  try {
    await rig.page.waitForSelector('[role="log"] [data-kind]');
    await rig.page.waitForTimeout(2000);
    return await rig.page.evaluate(measure, SECONDS);
  } finally {
    await rig.close();
  }
}

async function throughput(): Promise<Measured> {
  const figures = await flood(Infinity);
  return { unit: 'lines/s', ours: [figures.linesPerSecond], higherIsBetter: true, note: `heap ${figures.heapBefore} MB before, ${figures.heapAfter} MB after` };
}

async function frames(): Promise<Measured> {
  const { medianFrame, p95Frame, worstFrame } = await flood(22_000);
  return { unit: 'ms', ours: [p95Frame], note: `95th percentile at 22,000 lines/s; median ${medianFrame} ms, worst ${worstFrame} ms` };
}

export const logsPageRows: readonly Row[] = [
  { name: 'logs into the page', goal: 20_000, measure: throughput },
  { name: 'frames while logs come', goal: 50, measure: frames },
];

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

import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Measured, Row } from './bench.ts';
import { fixturesMariadbRows } from './fixtures-mariadb.bench.ts';
import { fullSizeRows } from './full-size.bench.ts';
import { fixtureRows } from './fixtures.bench.ts';
import { logsPageRows } from './logs-page.bench.ts';
import { maskRows } from './mask.bench.ts';
import { namesRows } from './names.bench.ts';
import { pageRows } from './page.bench.ts';
import { promoteRows } from './promote.bench.ts';
import { releaseRows } from './release.bench.ts';
import { runsRows } from './runs.bench.ts';
import { stackRows } from './stack.bench.ts';
import { terminalRows } from './terminal.bench.ts';
import { verifyRows } from './verify.bench.ts';

/** Measures every row, or those whose name holds a given word, and prints ratios with medians. Exits with 1 where a goal is missed. */

const words = process.argv.slice(2);
const rows: readonly Row[] = [...stackRows, ...fullSizeRows, ...namesRows, ...pageRows, ...logsPageRows, ...terminalRows, ...maskRows, ...verifyRows, ...fixtureRows, ...fixturesMariadbRows, ...runsRows, ...promoteRows, ...releaseRows].filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const results: unknown[] = [];
let missed = 0;

console.log(`${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`);
for (const row of rows) {
  const measured = await row.measure();
  const ratio = measured.peer ? median(measured.ours) / median(measured.peer.values) : median(measured.ours);
  const met = measured.higherIsBetter ? ratio >= row.goal : ratio <= row.goal;
  if (!met) missed += 1;
  console.log(describe(row, measured, ratio, met));
  results.push({ name: row.name, goal: row.goal, ratio, met, ...measured });
}
await writeFile(join(import.meta.dirname, 'results.json'), `${JSON.stringify({ time: new Date().toISOString(), results }, null, 2)}\n`);
process.exitCode = missed > 0 ? 1 : 0;

function describe(row: Row, { unit, ours, peer, higherIsBetter, note }: Measured, ratio: number, met: boolean): string {
  const limit = `${higherIsBetter ? '≥' : '≤'} ${row.goal}`;
  const lines = [`${met ? '✓' : '✗'} ${row.name}: ${peer ? `ratio ${ratio.toFixed(3)}` : `${ratio.toFixed(1)} ${unit}`} (goal ${limit})`];
  lines.push(`    ours  ${spread(ours, unit)}`);
  if (peer) lines.push(`    peer  ${spread(peer.values, unit)}  ${peer.name}`);
  if (note !== undefined) lines.push(`    ${note}`);
  return lines.join('\n');
}

function spread(values: readonly number[], unit: string): string {
  return `median ${median(values).toFixed(2)} ${unit}, ${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)} of ${values.length}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

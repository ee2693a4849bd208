import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import type { Measured, Row } from './bench.ts';
import { openPage } from './page-rig.ts';
import { DIRECTORY, lineOf, syntheticCore } from './synthetic-core.ts';

const MEGABYTES = Number(process.env['BACKLOT_BENCH_MEGABYTES'] ?? 24);
/** The first round of each is not counted: in it the browser still compiles what both run on. */
const ROUNDS = 6;
const CHUNK = 32 * 1024;

/** Writes the same bytes through the core and the dock, and into an xterm alone, in turn, in one page. */
async function terminal(): Promise<Measured> {
  const chunks = listing();
  const view = { id: 't1', title: '', directory: DIRECTORY, set: 'minimal', state: 'open', columns: 120, rows: 20, opened: new Date().toISOString() };
  let release = () => {};
  let round = 0;
  const dispatcher = syntheticCore({
    calls: { 'terminals.open': () => view, 'terminals.list': () => ({ terminals: [view] }), 'terminals.write': () => ({}), 'terminals.resize': () => ({}) },
    streams: {
      'terminals.output': async function* (_input, signal) {
        yield { type: 'screen', text: '', columns: 120, rows: 20 };
        while (!signal.aborted) {
          await new Promise<void>((resolve) => ((release = resolve), signal.addEventListener('abort', () => resolve(), { once: true })));
          yield { type: 'text', text: `\u001b]0;begun ${(round += 1)}\u0007` };
          for (const text of chunks) yield { type: 'text', text };
          yield { type: 'text', text: `\u001b]0;done ${round}\u0007` };
        }
      },
    },
  });
  const rig = await openPage({ dispatcher });
  try {
    await rig.page.keyboard.press('Control+`');
    await rig.page.waitForSelector('.xterm-screen');
    // Past the page's content policy, which rightly refuses script tags.
    await rig.page.evaluate(await readFile(resolve('node_modules/@xterm/xterm/lib/xterm.js'), 'utf8'));
    const ours: number[] = [];
    const values: number[] = [];
    for (let count = 1; count <= ROUNDS; count++) {
      ours.push(rate(await timeDock(rig.page, count, () => release())));
      values.push(rate(await rig.page.evaluate(timeAlone, chunks)));
    }
    return { unit: 'MB/s', ours: ours.slice(1), peer: { name: 'xterm alone', values: values.slice(1) }, higherIsBetter: true };
  } finally {
    await rig.close();
  }
}

async function timeDock(page: Page, round: number, begin: () => void): Promise<number> {
  const done = page.evaluate(waitForTitles, [`begun ${round}`, `done ${round}`] as const);
  begin();
  return done;
}

/** Runs in the page: milliseconds between two titles of the tab. */
async function waitForTitles([first, second]: readonly [string, string]): Promise<number> {
  const shown = (title: string) =>
    new Promise<number>((resolve) => {
      const look = () => document.querySelector('[role="tab"]')?.textContent?.includes(title) && (observer.disconnect(), resolve(performance.now()));
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      look();
    });
  const from = await shown(first);
  return (await shown(second)) - from;
}

/** Runs in the page: milliseconds that an xterm of the same size takes for the same text, fed as its guide says. */
async function timeAlone(chunks: readonly string[]): Promise<number> {
  const { Terminal } = window as unknown as { Terminal: new (options: object) => { open(host: Element): void; write(text: string, done?: () => void): void; dispose(): void } };
  const host = document.createElement('div');
  host.style.cssText = 'position:fixed;inset:200px 0 0 200px;z-index:9';
  document.body.append(host);
  const terminal = new Terminal({ cols: 150, rows: 12, scrollback: 10_000, fontSize: 13 });
  terminal.open(host);
  const from = performance.now();
  let pending = 0;
  let wake = () => {};
  for (const text of chunks) {
    pending += text.length;
    terminal.write(text, () => {
      pending -= text.length;
      if (pending < 100_000) wake();
    });
    if (pending > 400_000) await new Promise<void>((resolve) => (wake = resolve));
  }
  await new Promise<void>((resolve) => terminal.write('', resolve));
  const taken = performance.now() - from;
  terminal.dispose();
  host.remove();
  return taken;
}

/** Coloured lines as programs write them. */
function listing(): readonly string[] {
  let text = '';
  for (let count = 0; text.length < 1024 * 1024; count++) text += `${lineOf(count).line}\r\n`;
  const all = text.repeat(MEGABYTES);
  return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, index) => all.slice(index * CHUNK, (index + 1) * CHUNK));
}

function rate(milliseconds: number): number {
  return (MEGABYTES * 1000) / milliseconds;
}

export const terminalRows: readonly Row[] = [{ name: 'terminal', goal: 0.8, measure: terminal }];

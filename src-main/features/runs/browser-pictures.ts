import { setTimeout as pause } from 'node:timers/promises';
import { toFailure } from '#contract/errors.ts';
import type { ScreenPicture } from '#contract/runs.ts';
import { filesOfTar } from '#features/fixtures/verify/read-tar.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import type { RunStore } from '#ports/run-store.ts';
import { BROWSER_NAMES, BROWSER_PORT, CONSOLE_LOG, VIDEO_FOLDER } from './browser.ts';
import { knownRun } from './history.ts';

/** Where the latest pictures are, in the browser's container. */
const FOLDER = '/tmp/backlot-pictures';
/** Pictures that are kept: about as many seconds before the end. */
const KEPT = 6;
const BETWEEN = 700;
const LARGEST_PICTURE = 8 * 1024 ** 2;
const LARGEST_LOG = 4 * 1024 ** 2;
const LARGEST_VIDEO = 256 * 1024 ** 2;
const LONGEST_STAGE = 24 * 3_600_000;

/** Asks Chromium's DevTools for a picture of the page, by a WebSocket (RFC 6455) with one masked frame there and one frame back. It answers once no dialog is open. */
const ASK_DEVTOOLS = `path=$(curl -s -m 5 "http://$0/json/list" | grep -A5 '"type": "page"' | grep -om1 'ws://[^"]*/devtools/page/[0-9A-F]*') || exit
exec 3<>"/dev/tcp/\${0%:*}/\${0##*:}" || exit
printf 'GET /%s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: QmFja2xvdCBzZWVzIHRoaXM=\\r\\n\\r\\n' "\${path#ws://*/}" >&3
while read -r line <&3 && [ "$line" != $'\\r' ]; do :; done
printf '\\x81\\xaa\\0\\0\\0\\0{"id":1,"method":"Page.captureScreenshot"}' >&3
number() { echo $((16#$(head -c "$1" <&3 | od -An -tx1 | tr -d ' \\n'))); }
number 1 >/dev/null; size=$(number 1)
case $size in 126) size=$(number 2) ;; 127) size=$(number 8) ;; esac
head -c "$size" <&3`;

/**
 * Takes a picture of every session each second, where the browser runs: nothing has to reach it from here. Asked for one by WebDriver, a browser
 * would close a dialog under the test: of a session that shows one none is taken, and where there are DevTools, they are asked instead.
 */
const TAKE_PICTURES = `at=http://localhost:${BROWSER_PORT}; mkdir -p ${FOLDER}; cd ${FOLDER} || exit; n=0
ask() { curl -s -m 5 "$at$1"; }
named() { grep -o "\\"$1\\": *\\"[^\\"]*\\"" | cut -d'"' -f4; }
keep() {
  { date +%s; "$@"; } > new
  grep -q '"\\(value\\|data\\)": *"' new || return
  mv new "$((n % ${KEPT}))"; ln -f "$((n % ${KEPT}))" last; n=$((n + 1))
}
while :; do
  status=$(ask /status)
  pages=$(echo "$status" | named debuggerAddress)
  if [ -n "$pages" ] && command -v bash > /dev/null; then
    for page in $pages; do keep timeout 5 bash -c "$0" "$page"; done
  else
    for session in $(echo "$status" | named sessionId); do
      ask "/session/$session/alert/text" | grep -q 'no such alert' && keep ask "/session/$session/screenshot"
    done
  fi
  sleep 1
done`;

/** The browser among the containers of a stage. */
export function browserIn(containers: readonly ContainerSummary[]): ContainerSummary | undefined {
  // Where the project has a service of the usual name, the browser has the other one.
  return BROWSER_NAMES.toReversed().flatMap((name) => containers.find(({ labels }) => labels[LABELS.service] === name) ?? [])[0];
}

/** Has pictures taken until the browser is gone. */
export function takePictures(browser: ContainerSummary, engine: ContainerEngine, signal: AbortSignal): void {
  engine.exec(browser.id, ['sh', '-c', TAKE_PICTURES, ASK_DEVTOOLS], { timeout: LONGEST_STAGE }, signal).catch(() => {});
}

type Ports = { readonly engine: ContainerEngine; readonly runs: RunStore };

/** What the browser of a stage shows, as long as the stage has one and somebody reads: each picture that differs from the one before. */
export async function* screenOf({ run, stage }: { readonly run: string; readonly stage: string }, { engine, runs }: Ports, signal: AbortSignal): AsyncGenerator<ScreenPicture> {
  const { run: id } = await knownRun(run, runs);
  let before = '';
  while (!signal.aborted) {
    const browser = browserIn(await engine.listContainers([`${LABELS.run}=${id}`, `${LABELS.stage}=${stage}`], signal));
    const picture = browser && (await pictureIn(browser.id, engine, signal));
    if (picture && picture.base64 !== before) yield picture;
    before = picture?.base64 ?? before;
    const record = await runs.read(id);
    if (!browser && (record?.state !== 'running' || record.stages.some(({ name }) => name === stage))) return;
    await pause(BETWEEN, undefined, { signal }).catch(() => {});
  }
}

async function pictureIn(browser: string, engine: ContainerEngine, signal: AbortSignal): Promise<ScreenPicture | undefined> {
  try {
    for await (const { content } of filesAt(browser, `${FOLDER}/last`, LARGEST_PICTURE, { engine, signal })) return pictureOf(content);
  } catch {
    // There is none yet, or no browser any more.
  }
  return undefined;
}

/** Keeps what the browser of a stage that failed showed at the end, what its pages wrote to the console, and videos, where its image makes them. Answers what could not be kept. */
export async function keepBrowser(place: { readonly run: string; readonly stage: string; readonly browser: string }, { engine, runs }: Ports, signal: AbortSignal): Promise<string[]> {
  const problems: string[] = [];
  const put = (name: string, content: Uint8Array) => runs.putArtifact(place.run, place.stage, `browser/${name}`, once(content));
  const from = async (path: string, limit: number, keep: (name: string, content: Buffer) => Promise<unknown>) => {
    try {
      for await (const { name, content } of filesAt(place.browser, path, limit, { engine, signal })) await keep(name, content);
    } catch (error) {
      if (!/could not find the file|no such/i.test(`${toFailure(error).message} ${toFailure(error).cause ?? ''}`)) problems.push(`what the browser left at ${path} is not kept: ${toFailure(error).message}`);
    }
  };
  await from(`${FOLDER}/.`, LARGEST_PICTURE, async (name, content) => {
    const picture = /^(\.\/)?\d+$/.test(name) ? pictureOf(content) : undefined;
    if (picture) await put(`${picture.time.slice(11, 19).replaceAll(':', '-')}-${name.replace('./', '')}.png`, Buffer.from(picture.base64, 'base64'));
  });
  await from(CONSOLE_LOG, LARGEST_LOG, async (_name, content) => {
    const lines = consoleLines(content.toString('utf8'));
    if (lines !== '') await put('console.log', Buffer.from(lines));
  });
  await from(`${VIDEO_FOLDER}/.`, LARGEST_VIDEO, async (name, content) => {
    if (/\.(mp4|webm)$/i.test(name)) await put(name.split('/').at(-1) ?? name, content);
  });
  return problems;
}

/** The browser's own log has much of its own troubles: what pages wrote is marked. */
export function consoleLines(log: string): string {
  const lines = log.split('\n').flatMap((line) => /^\[[^\]]*?(\d{6}\.\d+):(\w+):CONSOLE[^\]]*\] (.*)$/.exec(line)?.slice(1).join(' ') ?? []);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** A file of ours: its time, and what the server answered. */
function pictureOf(content: Buffer): ScreenPicture | undefined {
  const [seconds = '', ...answer] = content.toString('latin1').split('\n');
  try {
    const { value, result } = JSON.parse(answer.join('\n')) as { readonly value?: unknown; readonly result?: { readonly data?: unknown } };
    const picture = value ?? result?.data;
    if (typeof picture === 'string' && picture !== '') return { base64: picture, time: new Date(Number(seconds) * 1000).toISOString() };
  } catch {
    // The server answered something else.
  }
  return undefined;
}

/** Files at a place of a container, none larger than the limit. */
async function* filesAt(container: string, path: string, limit: number, { engine, signal }: { readonly engine: ContainerEngine; readonly signal: AbortSignal }): AsyncGenerator<{ readonly name: string; readonly content: Buffer }> {
  for await (const { name, source } of filesOfTar(engine.getFiles(container, path, signal))) {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of source) {
      size += part.length;
      if (size <= limit) parts.push(Buffer.from(part));
    }
    if (size <= limit && name !== '(names)') yield { name, content: Buffer.concat(parts) };
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

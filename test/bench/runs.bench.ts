import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { alternately, backlot, timed, withProject, type Measured, type Row } from './bench.ts';
import { fill, RULES, withSource } from './fixtures.bench.ts';

const IMAGE = 'debian:bookworm-slim';
const ROUNDS = 7;

const stages = (text: string, more = '') => ({
  'compose.yaml': 'name: backlot-bench-runs\nservices:\n  cache: { image: "redis:7" }\n',
  'backlot.yaml': `version: 1\nname: backlot-bench-runs\ncompose: [compose.yaml]\n${more}stages:\n${text}`,
});

const stage = (name: string, run: string, more = '') => `  ${name}: { run: ${JSON.stringify(run)}, image: "${IMAGE}", allowEmpty: true${more} }\n`;
const dockerRun = (command: string) => timed('docker', ['run', '--rm', IMAGE, 'sh', '-c', command]);

/** What a stage costs beside the same command alone: the difference, in milliseconds. */
async function overhead(text: string, more = ''): Promise<Measured> {
  return withProject(stages(text, more), async ({ directory, env }) => {
    const { ours, peer } = await alternately(ROUNDS, () => timed('node', [backlot, 'run', '-q', '-C', directory], { env }), () => dockerRun('true'));
    const start = await startTime();
    return { unit: 'ms', ours: ours.map((value, index) => value - (peer[index] ?? 0)), note: `docker run --rm of the same: ${median(peer).toFixed(0)} ms; the command line's own start: ${start.toFixed(0)} ms` };
  });
}

/** A run whose outcome is known already, and a container that does nothing, in turn. */
async function reusedRuns(): Promise<{ ours: number[]; peer: number[] }> {
  return withProject(stages(stage('unit', 'true', ', cache: true')), async ({ directory, env }) => {
    const run = () => timed('node', [backlot, 'run', '-q', '-C', directory], { env });
    await run();
    return alternately(ROUNDS, run, () => timed('docker', ['run', '--rm', IMAGE, 'true']));
  });
}

async function reused(): Promise<Measured> {
  const { ours, peer } = await reusedRuns();
  return { unit: 'ms', ours, peer: { name: 'docker run --rm true', values: peer } };
}

/** The same over the command line's own start. */
async function reusedOverStart(): Promise<Measured> {
  const { ours } = await reusedRuns();
  const start = await startTime();
  return { unit: 'ms', ours: ours.map((value) => value - start), note: `the command line's own start: ${start.toFixed(0)} ms` };
}

/** Three stages of the same length beside one of them. */
async function parallel(): Promise<Measured> {
  return withProject(stages(['one', 'two', 'three'].map((name) => stage(name, 'sleep 5')).join('')), async ({ directory, env }) => {
    const { ours, peer } = await alternately(3, () => timed('node', [backlot, 'run', '-q', '-C', directory], { env }), () => dockerRun('sleep 5'));
    return { unit: 'ms', ours, peer: { name: 'docker run --rm of one of them', values: peer } };
  });
}

/** What a further stage adds to a run, beside a run of one. */
async function second(): Promise<Measured> {
  const both = stages(stage('one', 'true') + stage('two', 'true', ', needs: [one]'));
  return withProject(both, async ({ directory, env }) => {
    const run = (...names: string[]) => timed('node', [backlot, 'run', ...names, '-q', '-C', directory], { env });
    const { ours, peer } = await alternately(ROUNDS, () => run('two'), () => run('one'));
    return { unit: 'ms', ours: ours.map((value, index) => value - (peer[index] ?? 0)), peer: { name: 'a run of one stage', values: peer } };
  });
}

const SERVER = "require('node:http').createServer((_question, answer) => answer.end('shop')).listen(8080);\n";
const WHOLE = {
  services: '  cache: { image: "redis:7" }\n',
  declarations: 'build: { image: backlot-bench-runs/app }\nstages:\n  browser: { run: date +%s%3N > at, services: [app, db, cache], fixture: bench, browser: chromium, artifacts: [at], allowEmpty: true }\n',
  files: { 'server.js': SERVER, Dockerfile: 'FROM node:20-slim\nWORKDIR /app\nCOPY server.js .\nEXPOSE 8080\nCMD ["node", "server.js"]\n', '.dockerignore': '*\n!server.js\n' },
};

/** Seconds until the command of a stage begins that has a database of 50 MB, a cache, the application and a browser. The image is built before. */
async function whole(): Promise<Measured> {
  return withSource(fill(50), RULES.accounts, async ({ directory, env }) => {
    const verb = (...words: string[]) => timed('node', [backlot, ...words, '-q', '-C', directory], { env });
    const git = (...args: string[]) => promisify(execFile)('git', ['-c', 'user.email=bench@shop.example', '-c', 'user.name=Bench', ...args], { cwd: directory });
    try {
      await git('init', '--quiet');
      await git('add', '--all');
      await git('commit', '--quiet', '--message=bench');
      await verb('fixture', 'capture', 'bench');
      await verb('build');
      const ours: number[] = [];
      for (let round = 0; round < 3; round++) {
        const began = Date.now();
        await verb('run', '--artifacts', join(directory, `run-${round}`));
        ours.push((Number(await readFile(join(directory, `run-${round}`, 'browser', 'at'), 'utf8')) - began) / 1000);
      }
      return { unit: 's', ours, note: 'by the clock of the stage’s container, from the start of the command line' };
    } finally {
      await removeImages();
    }
  }, WHOLE);
}

/** Nothing changed since the last build. */
async function rebuilt(): Promise<Measured> {
  const files = { ...stages(stage('unit', 'true'), 'build: { image: backlot-bench-runs/app }\n'), Dockerfile: `FROM ${IMAGE}\nCOPY compose.yaml .\nRUN echo built > built\n` };
  return withProject(files, async ({ directory, env }) => {
    const git = (...args: string[]) => promisify(execFile)('git', ['-c', 'user.email=bench@shop.example', '-c', 'user.name=Bench', ...args], { cwd: directory });
    try {
      await git('init', '--quiet');
      await git('add', '--all');
      await git('commit', '--quiet', '--message=bench');
      const build = () => timed('node', [backlot, 'build', '-q', '-C', directory], { env });
      await build();
      const { ours, peer } = await alternately(ROUNDS, build, () => timed('docker', ['buildx', 'build', '--load', '--quiet', '--tag', 'backlot-bench-runs/peer', directory]));
      return { unit: 'ms', ours, peer: { name: 'docker buildx build', values: peer } };
    } finally {
      await removeImages();
    }
  });
}

/** Runs at once that all end right, in seconds. */
async function twenty(): Promise<Measured> {
  return withProject(stages(stage('unit', 'sleep 1', ', services: [cache]')), async ({ directory, env }) => {
    const began = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => timed('node', [backlot, 'run', '-q', '-C', directory], { env })));
    const { stdout } = await promisify(execFile)('docker', ['ps', '--all', '--quiet', '--filter', 'label=dev.backlot.project=backlot-bench-runs']);
    if (stdout.trim() !== '') throw new Error('containers of runs are left');
    return { unit: 's', ours: [(performance.now() - began) / 1000] };
  });
}

async function removeImages(): Promise<void> {
  const { stdout } = await promisify(execFile)('docker', ['image', 'ls', '--quiet', '--filter', 'reference=backlot-bench-runs/*']);
  const images = [...new Set(stdout.split('\n').filter(Boolean))];
  if (images.length > 0) await promisify(execFile)('docker', ['image', 'rm', '--force', ...images]);
}

async function startTime(): Promise<number> {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await timed('node', [backlot, 'run', '--help']));
  return median(times);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;
}

const GUARDED = 'names: { suffixes: [east.shop.example] }\n';

export const runsRows: readonly Row[] = [
  { name: 'run of one stage on a built image, over docker run', goal: 300, measure: () => overhead(stage('unit', 'true')) },
  { name: 'run of one stage with the guard, over docker run', goal: 700, measure: () => overhead(stage('unit', 'true'), GUARDED) },
  { name: 'run: a second stage, beside a run of one', goal: 0.5, measure: second },
  { name: 'run: until the first test with database, cache, application, 50 MB of fixture and a browser', goal: 6, measure: whole },
  { name: 'run that is reused, beside docker run', goal: 0.5, measure: reused },
  { name: 'run that is reused, over the command line’s own start', goal: 100, measure: reusedOverStart },
  { name: 'run of three stages of 5 s', goal: 1.4, measure: parallel },
  { name: 'build, nothing changed', goal: 1.1, measure: rebuilt },
  { name: 'runs, twenty at once', goal: 120, measure: twenty },
];

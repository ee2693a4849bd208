import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunResult, StageResult } from '#contract/runs.ts';
import { docker, withScene, type Scene } from '../../support/backlot.ts';

export const git = async (directory: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)('git', ['-c', 'user.email=test@shop.example', '-c', 'user.name=Test', '-c', 'commit.gpgsign=false', ...args], { cwd: directory })).stdout.trim();

export const COMPOSE = `name: NAME
services:
  db:
    image: postgres:15
    environment: { POSTGRES_PASSWORD: secret, POSTGRES_DB: shop }
    stop_grace_period: 0s
    volumes: ["data:/var/lib/postgresql/data"]
  cache:
    image: redis:7
    stop_grace_period: 0s
volumes: { data: {} }
`;

const DOCKERFILE = 'FROM node:20-slim\nWORKDIR /app\nCOPY . .\nEXPOSE 8080\nCMD ["node", "server.js"]\n';

/** A project in a repository of its own, committed; its images go when the test is over. */
export async function withProject<Result>(files: Readonly<Record<string, string>>, stages: string, body: (scene: Scene) => Promise<Result>): Promise<Result> {
  const project = {
    'compose.yaml': COMPOSE,
    Dockerfile: DOCKERFILE,
    'backlot.yaml': `version: 1\nname: NAME\ncompose: [compose.yaml]\nbuild: { context: ., image: NAME/app }\nnames: { suffixes: [us-east-1.shop.example], aliases: { db: [pg-main] } }\nstages:\n${stages}`,
    ...files,
  };
  return withScene(project, async (scene) => {
    try {
      await git(scene.directory, 'init', '--quiet', '--initial-branch=main');
      await git(scene.directory, 'add', '--all');
      await git(scene.directory, 'commit', '--quiet', '--message=first');
      return await body(scene);
    } finally {
      const images = (await docker('image', 'ls', '--quiet', `${scene.name}/app`)).split('\n').filter(Boolean);
      if (images.length > 0) await docker('image', 'rm', '--force', ...new Set(images));
    }
  });
}

/** Runs stages and answers the result, whether they passed or not. */
export async function runStages(scene: Scene, stages: readonly string[] = [], options: Readonly<Record<string, unknown>> = {}) {
  const { events, result } = await scene.run(scene.backlot.runs.start({ directory: scene.directory, stages: [...stages], ...options }));
  const value = result.value as RunResult | undefined;
  const stage = (name: string): StageResult => {
    const found = value?.stages.find((one) => one.name === name);
    if (!found) throw new Error(`no result of ${name}: ${JSON.stringify(result)}`);
    return found;
  };
  return { events, result, value, stage };
}

/** What the engine holds of runs of the project. */
export async function leftOf({ name }: Scene): Promise<string> {
  const filter = ['--filter', 'label=dev.backlot.run', '--filter', `label=dev.backlot.project=${name}`];
  return [await docker('ps', '--all', '--quiet', ...filter), await docker('network', 'ls', '--quiet', ...filter), await docker('volume', 'ls', '--quiet', ...filter)].join('');
}

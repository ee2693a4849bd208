import { expect, test } from 'vitest';
import { BuildProgress } from '#adapters/builder/build-progress.ts';
import type { BuildStep } from '#ports/image-builder.ts';

function read(text: string) {
  const steps: BuildStep[] = [];
  const progress = new BuildProgress((step) => steps.push(step));
  for (const line of text.trim().split('\n')) progress.line(line);
  return { steps: steps.map(({ name, state, seconds }) => `${name} ${state}${seconds === undefined ? '' : ` ${seconds}`}`), failure: progress.failure };
}

test('steps are told as they begin, are found in the cache, and end', () => {
  const { steps } = read(`
#0 building with "default" instance using docker driver
#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s
#5 [1/3] FROM docker.io/library/node:20-slim
#5 CACHED
#6 [2/3] COPY . .
#6 DONE 0.1s
#7 [3/3] RUN npm ci
#7 0.512 added 3 packages
#7 DONE 1.2s
`);
  expect(steps).toEqual(['[1/3] FROM docker.io/library/node:20-slim running', '[1/3] FROM docker.io/library/node:20-slim cached', '[2/3] COPY . . running', '[2/3] COPY . . done 0.1', '[3/3] RUN npm ci running', '[3/3] RUN npm ci done 1.2']);
});

test('of a build that fails the step and its last lines are known', () => {
  const { failure } = read(`
#7 [3/3] RUN npm ci
#7 0.512 npm ERR! code E404
#7 0.600 npm ERR! 404 Not Found
#7 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1
------
ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1
`);
  expect(failure).toEqual({ step: '[3/3] RUN npm ci', error: 'process "/bin/sh -c npm ci" did not complete successfully: exit code: 1', lines: ['npm ERR! code E404', 'npm ERR! 404 Not Found'] });
});

test('a Dockerfile that cannot be read is told in its own words', () => {
  expect(read('#1 [internal] load build definition\nERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: FRM').failure).toMatchObject({ error: 'dockerfile parse error on line 2: unknown instruction: FRM' });
});

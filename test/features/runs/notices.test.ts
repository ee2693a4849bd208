import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { git, runStages, withProject } from './run-scene.ts';

type Asked = { readonly url: string; readonly body: Readonly<Record<string, string>> };

/** A receiver that answers as it is told, and remembers what it was told. */
async function receiver(answer: (count: number) => number): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const listener = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      asked.push({ url: request.url ?? '', body: JSON.parse(body) as Asked['body'] });
      response.writeHead(answer(asked.length), { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listener.closeAllConnections();
    listener.close();
  });
  return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`, asked };
}

const STAGES = '  good: { image: "debian:bookworm-slim", run: "true", allowEmpty: true }\n  bad: { image: "debian:bookworm-slim", run: exit 3, allowEmpty: true }\n';

test('every stage has a status at its commit, and people hear of what failed, also where they answer at the second try only', () =>
  withProject({}, STAGES, async (scene) => {
    const github = await receiver(() => 201);
    const slack = await receiver((count) => (count === 1 ? 503 : 200));
    const chat = await receiver(() => 200);
    await scene.write({ 'backlot.yaml': `version: 1\nname: NAME\ncompose: [compose.yaml]\nstages:\n${STAGES}notify:\n  - { github: { repository: acme/shop, token: { command: [echo, token-of-github] }, url: ${github.url} }, statuses: true }\n  - { slack: { command: [echo, ${slack.url}/hook] }, on: [fail] }\n  - { rocketchat: { command: [echo, ${chat.url}/hook] }, on: [fail] }\n` });
    await git(scene.directory, 'commit', '--all', '--quiet', '--message=tell');
    const sha = await git(scene.directory, 'rev-parse', 'HEAD');
    const { stage } = await runStages(scene);
    expect(stage('bad').state).toBe('failed');
    expect(github.asked.every(({ url }) => url === `/repos/acme/shop/statuses/${sha}`)).toBe(true);
    const states = (name: string) => github.asked.filter(({ body }) => body['context'] === `backlot/${name}`).map(({ body }) => body['state']);
    expect([states('good'), states('bad')]).toEqual([['pending', 'success'], ['pending', 'failure']]);
    expect(slack.asked).toHaveLength(2);
    expect(slack.asked[1]?.body['text']).toMatch(new RegExp(`of ${scene.name} at ${sha} failed\\nbad: failed: .*3\\nBy: .+@.+$`));
    expect(chat.asked.map(({ body }) => body['text'])).toEqual([slack.asked[1]?.body['text']]);
  }));

test('a receiver that cannot be told is warned of once, and the verdict stays', () =>
  withProject({}, STAGES, async (scene) => {
    await scene.write({ 'backlot.yaml': `version: 1\nname: NAME\ncompose: [compose.yaml]\nstages:\n${STAGES}notify: [{ rocketchat: { env: NOBODY_SET_THIS }, on: [pass, fail] }]\n` });
    const { result, events } = await runStages(scene, ['good']);
    expect(result.ok).toBe(true);
    expect(events.filter((event) => event.type === 'message' && event.level === 'warning').map((event) => ('text' in event ? event.text : ''))).toEqual([expect.stringMatching(/^Rocket.Chat was not told of the run: .*NOBODY_SET_THIS/)]);
  }));

import { expect, test } from 'vitest';
import { browserPolicy, fixForBrowser } from '#features/runs/browser.ts';
import { consoleLines } from '#features/runs/browser-pictures.ts';
import { eventually, type Scene } from '../../support/backlot.ts';
import { leftOf, runStages, withProject } from './run-scene.ts';

const SERVER = "require('node:http').createServer((_q, r) => r.setHeader('content-type', 'text/html').end('<title>Shop</title>')).listen(8080);";

/** Speaks the W3C protocol itself, so that no package is needed. */
const SUITE = `const fs = require('node:fs');
const call = async (method, path, body) => (await (await fetch(process.env.SELENIUM_REMOTE_URL + path, { method, headers: { 'content-type': 'application/json; charset=utf-8' }, ...(body && { body: JSON.stringify(body) }) })).json()).value;
(async () => {
  const { sessionId } = await call('POST', '/session', { capabilities: { alwaysMatch: { browserName: 'chrome', 'goog:chromeOptions': { args: ['--headless=new'] } } } });
  await call('POST', '/session/' + sessionId + '/url', { url: process.env.APP_URL });
  const title = await call('GET', '/session/' + sessionId + '/title');
  fs.mkdirSync('screens', { recursive: true });
  fs.writeFileSync('screens/page.png', Buffer.from(await call('GET', '/session/' + sessionId + '/screenshot'), 'base64'));
  if (title !== process.argv[2]) {
    const ask = (script) => call('POST', '/session/' + sessionId + '/execute/sync', { script, args: [] });
    await ask('console.error("no such voucher")');
    await ask('setTimeout(() => alert("Really?"))');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    if ((await call('GET', '/session/' + sessionId + '/alert/text')) !== 'Really?') process.exit(9);
    await call('POST', '/session/' + sessionId + '/alert/accept', {});
    console.log('dialog answered');
    await new Promise((resolve) => setTimeout(resolve, 2500));
  }
  await call('DELETE', '/session/' + sessionId);
  fs.mkdirSync('reports', { recursive: true });
  fs.writeFileSync('reports/browser.xml', '<testsuites><testsuite name="page"><testcase name="has its title">' + (title === process.argv[2] ? '' : '<failure message="its title is ' + title + '"/>') + '</testcase></testsuite></testsuites>');
  process.exit(title === process.argv[2] ? 0 : 1);
})();
`;

test.each([
  ['own', 'Shop', 'passed'],
  ['shared', 'Other', 'failed'],
] as const)('a browser stage on a network of its own kind (%s) sees the page, leaves its pictures, and its browser is gone', (network, title, state) =>
  withProject(
    { 'server.js': SERVER, 'browser.js': SUITE },
    `  browser: { run: [node, browser.js, ${title}], services: [app], browser: chromium, network: ${network}, junit: reports/*.xml, artifacts: [screens/**], timeout: 2m }\n`,
    async (scene) => {
      const seen = watchScreen(scene);
      // Where the stage passes nobody asks what was seen, and the scene may end first.
      seen.catch(() => {});
      const { stage, value, events } = await runStages(scene);
      expect(stage('browser'), JSON.stringify(stage('browser'))).toMatchObject({ state, tests: 1, failures: state === 'passed' ? 0 : 1 });
      expect(events.flatMap((event) => (event.type === 'service' && event.service === 'browser' ? [event.state] : []))).toContain('ready');
      const { artifacts } = await scene.backlot.runs.artifacts({ run: value?.run ?? '' });
      const { base64 } = await scene.backlot.runs.artifact({ run: value?.run ?? '', stage: 'browser', path: 'screens/page.png' });
      const paths = artifacts.map(({ path }) => path).sort();
      const taken = paths.filter((path) => path.startsWith('browser/'));
      expect(paths.filter((path) => !taken.includes(path))).toEqual(['reports/browser.xml', 'screens/page.png']);
      if (state === 'failed') {
        expect(taken).toEqual(expect.arrayContaining(['browser/console.log', expect.stringMatching(/^browser\/\d\d-\d\d-\d\d-\d\.png$/)]));
        expect(Buffer.from((await scene.backlot.runs.artifact({ run: value?.run ?? '', stage: 'browser', path: 'browser/console.log' })).base64, 'base64').toString()).toContain('no such voucher');
        expect(Buffer.from((await seen) ?? '', 'base64').subarray(1, 4).toString()).toBe('PNG');
      } else expect(taken).toEqual([]);
      expect(Buffer.from(base64, 'base64').subarray(1, 4).toString()).toBe('PNG');
      expect(await leftOf(scene)).toBe('');
    },
  ),
);

/** The first picture that a watcher of the stage is given. */
async function watchScreen(scene: Scene): Promise<string | undefined> {
  const { run } = await eventually(async () => {
    const [latest] = (await scene.backlot.runs.list({ directory: scene.directory })).runs;
    if (!latest) throw new Error('no run has begun');
    return latest;
  });
  for await (const { base64 } of scene.backlot.runs.screen({ run, stage: 'browser' })) return base64;
  return undefined;
}

test('where the image of a browser cannot be had, it is said how another is named', () => {
  const failure = { code: 'image-failed', message: 'Could not pull selenium/standalone-firefox:4: no such host', fix: 'Check the registry.' } as const;
  expect(fixForBrowser({ browser: 'firefox' }, failure)).toMatch(/^Check the registry\. Or name with browserImage .* with firefox, such as a copy of selenium\/standalone-firefox:4/);
  expect(fixForBrowser({}, failure)).toBe('Check the registry.');
  expect(fixForBrowser({ browser: 'firefox', browserImage: 'registry.example/firefox:1' }, failure)).toBe('Check the registry.');
});

test('names without a dot, which can be top-level domains with HTTPS alone, are told to the browser', () => {
  const services = [{ name: 'app', names: ['app', 'shop.example.com', 'dev'] }, { name: 'browser', names: ['browser'] }];
  expect(Object.values(browserPolicy(services)).map(({ content }) => JSON.parse(content) as unknown)).toEqual([{ HSTSPolicyBypassList: ['app', 'browser', 'dev'] }]);
});

test('of the browser’s own log, what pages wrote is kept', () => {
  const log = '[75:103:1121/134421.337372:ERROR:dbus/bus.cc:405] Failed to connect to the bus\n[75:75:1121/134422.292693:INFO:CONSOLE:1] "hello", source: http://app/ (1)\n[1:1:1121/134423.5:ERROR:CONSOLE(12)] "bad", source: http://app/ (12)\n';
  expect(consoleLines(log)).toBe('134422.292693 INFO "hello", source: http://app/ (1)\n134423.5 ERROR "bad", source: http://app/ (12)\n');
  expect(consoleLines('nothing of a page')).toBe('');
});

import { expect, test } from 'vitest';
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
      const { stage, value, events } = await runStages(scene);
      expect(stage('browser'), JSON.stringify(stage('browser'))).toMatchObject({ state, tests: 1, failures: state === 'passed' ? 0 : 1 });
      expect(events.flatMap((event) => (event.type === 'service' && event.service === 'browser' ? [event.state] : []))).toContain('ready');
      const { artifacts } = await scene.backlot.runs.artifacts({ run: value?.run ?? '' });
      const { base64 } = await scene.backlot.runs.artifact({ run: value?.run ?? '', stage: 'browser', path: 'screens/page.png' });
      expect(artifacts.map(({ path }) => path).sort()).toEqual(['reports/browser.xml', 'screens/page.png']);
      expect(Buffer.from(base64, 'base64').subarray(1, 4).toString()).toBe('PNG');
      expect(await leftOf(scene)).toBe('');
    },
  ),
);

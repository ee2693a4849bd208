import { expect, test } from 'vitest';
import { describeCommands, describeStep } from '#features/setup/describe-setup.ts';
import { planSetup, whyNotOurs, type Purpose } from '#features/setup/plan-setup.ts';
import type { HostFacts } from '#ports/host-system.ts';

const debian12 = { family: 'debian', version: 12, name: 'Debian GNU/Linux 12' } as const;
const bare: HostFacts = { release: debian12, root: true, systemd: false, engine: { kind: 'missing' }, debootstrap: false };
const ready: HostFacts = { ...bare, engine: { kind: 'answers', version: '20.10.24' }, compose: '2.26.1-4', buildx: '0.13.1', browser: '/usr/bin/chromium' };
const plan = (facts: HostFacts, purpose: Purpose = 'run') => planSetup(facts, purpose).map(describeStep);

test('a machine that has everything is left alone', () => {
  expect(plan(ready, 'tests')).toEqual([]);
});

test('a bare Debian 12 gets the engine, has it started, and gets the plugins of Debian 13', () => {
  expect(plan(bare, 'tests')).toEqual([
    'install docker.io, iptables, ca-certificates (there is no Docker engine)',
    'start the Docker engine (no engine answers)',
    "put Debian 13's docker-compose and docker-buildx into ~/.docker/cli-plugins (there is no Compose v2, there is no buildx)",
    'install chromium, fonts-dejavu-core, fonts-liberation (the tests need Chromium)',
  ]);
});

test('Debian 13 and Ubuntu have packages for the plugins', () => {
  expect(plan({ ...bare, release: { family: 'debian', version: 13, name: 'Debian 13' } })).toEqual([
    'install docker-cli, docker.io, iptables, ca-certificates (there is no Docker engine)',
    'start the Docker engine (no engine answers)',
    'install docker-compose, docker-buildx (there is no Compose v2, there is no buildx)',
  ]);
  expect(plan({ ...ready, compose: '1.29.2', release: { family: 'ubuntu', version: 24.04, name: 'Ubuntu 24.04' } })).toEqual(['install docker-compose-v2 (Compose 1.29.2 is older than 2.24)']);
});

test('an engine that is installed is started, not installed', () => {
  expect(plan({ ...ready, engine: { kind: 'stopped' }, systemd: true })).toEqual(['start the Docker engine (no engine answers)']);
});

test('an engine that was chosen elsewhere, or refuses this user, is not replaced by another', () => {
  expect(plan({ ...ready, engine: { kind: 'elsewhere', choice: 'DOCKER_HOST tcp://build:2375', cause: '' } })).toEqual([]);
  expect(plan({ ...ready, engine: { kind: 'denied', socket: '/var/run/docker.sock' } })).toEqual([]);
});

test('Compose is judged by number, not by text', () => {
  const versions = ['2.9.0', '2.23.3', '2.24.0', 'v2.26.1', '10.1.0', 'unknown'];
  expect(versions.filter((compose) => plan({ ...ready, compose }).length === 0)).toEqual(['2.24.0', 'v2.26.1', '10.1.0']);
});

test('only root on Debian or Ubuntu is served, and only where it was not forbidden', () => {
  const steps = planSetup(bare, 'run');
  expect(whyNotOurs(bare, steps, true)).toBeUndefined();
  expect(whyNotOurs(bare, steps, false)).toBe('BACKLOT_NO_INSTALL is set');
  expect(whyNotOurs({ ...bare, root: false }, steps, true)).toBe('this user is not root');
  expect(whyNotOurs({ ...bare, release: { family: 'other', version: 0, name: 'darwin' } }, steps, true)).toBe('darwin is not Debian or Ubuntu');
  expect(whyNotOurs(ready, [], false)).toBeUndefined();
});

test('plugins go into the own folder, which takes no root', () => {
  const facts = { ...ready, compose: '1.29.2', root: false };
  expect(whyNotOurs(facts, planSetup(facts, 'run'), true)).toBeUndefined();
});

test('the commands for a person carry sudo where they need it', () => {
  const facts = { ...bare, compose: '2.26.1', buildx: '0.13', systemd: true, root: false };
  expect(describeCommands(facts, planSetup(facts, 'run'))).toEqual([
    'sudo apt-get update',
    'sudo apt-get install -y --no-install-recommends docker.io iptables ca-certificates',
    'sudo systemctl start docker',
  ]);
});

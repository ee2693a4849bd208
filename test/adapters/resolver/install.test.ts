import { chown, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { docker } from '../../support/backlot.ts';
import { ask, HOSTS, MAC, machineOf, RESOLVED, WINDOWS, type Kind } from './rig.ts';

const LATIN = Buffer.concat([Buffer.from('127.0.0.1 localhost # '), Buffer.from([0xe9, 0xff]), Buffer.from('\r\n\n10.0.0.1 nas')]);

describe('names install, then uninstall, leave every byte, mode and owner as they were', () => {
  const kinds: [string, Kind, string][] = [
    ['systemd-resolved', RESOLVED, 'systemd-resolved'],
    ['systemd-resolved with drop-ins of others', { ...RESOLVED, files: { ...RESOLVED.files, '/etc/systemd/resolved.conf.d/mdns.conf': '[Resolve]\nMulticastDNS=no\n' } }, 'systemd-resolved'],
    ['systemd-resolved with a backlot.conf that somebody else wrote', { ...RESOLVED, files: { ...RESOLVED.files, '/etc/systemd/resolved.conf.d/backlot.conf': '[Resolve]\nLLMNR=no' } }, 'systemd-resolved'],
    ['a resolver folder that is not there', MAC, 'resolver-folder'],
    ['a resolver folder with files of others, one of them for our suffix', { ...MAC, files: { '/etc/resolver/corp.example': 'nameserver 10.0.0.1\n', '/etc/resolver/us.shop.example': 'nameserver 10.9.9.9\n' } }, 'resolver-folder'],
    ['a hosts file', HOSTS, 'hosts-file'],
    ['a hosts file of mixed line ends, odd bytes and no last line end', { ...HOSTS, files: { '/etc/hosts': LATIN } }, 'hosts-file'],
    ['an empty hosts file', { ...HOSTS, files: { '/etc/hosts': '' } }, 'hosts-file'],
    ['no hosts file', { ...HOSTS, files: {} }, 'hosts-file'],
    ['a systemd-resolved that is too old for ports', { ...RESOLVED, programs: { ...RESOLVED.programs, resolvectl: 'systemd 245 (245.4-4ubuntu3)' } }, 'hosts-file'],
    ['a systemd-resolved with servers of its own', { ...RESOLVED, files: { ...RESOLVED.files, '/etc/systemd/resolved.conf.d/corp.conf': '[Resolve]\nDNS=10.0.0.2\n' } }, 'hosts-file'],
  ];
  test.each(kinds)('%s', async (_title, kind, mechanism) => {
    const machine = await machineOf(kind);
    if (kind.files?.['/etc/hosts'] === LATIN) await chown(join(machine.root, 'etc/hosts'), 1234, 4321);
    const before = await machine.tree();
    expect(await machine.host()).toMatchObject({ state: 'absent', mechanism });
    const installed = await machine.install();
    expect(installed).toMatchObject({ state: 'installed', mechanism, resolver: { address: '127.0.0.1', port: machine.port } });
    expect(await machine.tree()).not.toEqual(before);
    expect(await ask(machine.port, 'strange.us.shop.example')).toBe('ENOTFOUND');
    const { host, told } = await machine.uninstall();
    expect(host).toMatchObject({ state: 'absent', notes: [] });
    expect(told.filter((line) => line.includes('somebody else'))).toEqual([]);
    expect(await machine.tree()).toEqual(before);
    expect(await docker('ps', '-aq', '--filter', `name=^backlot-names-${machine.port}$`)).toBe('');
  });
});

describe('what is written', () => {
  test('systemd-resolved is told our server and our domains only, and starts again', async () => {
    const machine = await machineOf(RESOLVED);
    const { changes } = await machine.host();
    await machine.install();
    expect(await machine.text('/etc/systemd/resolved.conf.d/backlot.conf')).toBe(`# Written by Backlot; backlot names uninstall takes it away.\n[Resolve]\nDNS=127.0.0.1:${machine.port}\nDomains=~us.shop.example ~eu.shop.example\n`);
    expect(changes.map(({ what }) => what)).toEqual(['/etc/systemd/resolved.conf.d/backlot.conf (is new)', 'afterwards']);
    expect(await machine.commands()).toEqual(['systemctl restart systemd-resolved']);
  });

  test('macOS gets a file for each suffix', async () => {
    const machine = await machineOf(MAC);
    await machine.install();
    expect(await machine.text('/etc/resolver/eu.shop.example')).toContain(`nameserver 127.0.0.1\nport ${machine.port}\n`);
    expect(await machine.commands()).toEqual(['dscacheutil -flushcache', 'killall -HUP mDNSResponder']);
  });

  test('Windows gets a rule for each suffix, and loses them again', async () => {
    const machine = await machineOf(WINDOWS);
    expect(await machine.install()).toMatchObject({ state: 'installed', mechanism: 'nrpt' });
    expect((await machine.commands()).some((command) => command.includes(`Add-DnsClientNrptRule -Namespace '.us.shop.example' -NameServers '127.0.0.1' -Comment 'Backlot'`))).toBe(true);
    expect(await machine.system.rules(new AbortController().signal)).toEqual(['us.shop.example', 'eu.shop.example']);
    expect((await machine.uninstall()).host).toMatchObject({ state: 'absent' });
    expect(await machine.system.rules(new AbortController().signal)).toEqual([]);
  });

  test('a link stays a link, and what it leads to is what changes', async () => {
    const machine = await machineOf({ ...HOSTS, files: { '/etc/static/hosts': '127.0.0.1 localhost\n' } });
    await symlink(join(machine.root, 'etc/static/hosts'), join(machine.root, 'etc/hosts'));
    const before = await machine.tree();
    await machine.install();
    expect(await machine.text('/etc/static/hosts')).toContain('# backlot begin\n# backlot end\n');
    await machine.uninstall();
    expect(await machine.tree()).toEqual(before);
  });
});

describe('install again', () => {
  test('changes nothing where nothing changed', async () => {
    const machine = await machineOf(RESOLVED);
    await machine.install();
    const once = await machine.tree();
    await machine.install();
    expect(await machine.tree()).toEqual(once);
    expect(await machine.commands()).toHaveLength(1);
  });

  test.each([['systemd-resolved', RESOLVED], ['macOS', MAC]])('follows suffixes that changed since, on %s', async (_title, kind) => {
    const machine = await machineOf(kind);
    const before = await machine.tree();
    await machine.install();
    await machine.project(['eu.shop.example', 'ap.shop.example']);
    expect(await machine.host()).toMatchObject({ state: 'partial' });
    expect(await machine.install()).toMatchObject({ state: 'installed', suffixes: ['eu.shop.example', 'ap.shop.example'] });
    const all = JSON.stringify(await Promise.all(Object.keys(await machine.tree()).map((file) => readFile(join(machine.root, file), 'utf8').then((text) => file + text, () => ''))));
    expect(all).toContain('ap.shop.example');
    expect(all).not.toContain('us.shop.example');
    expect(await ask(machine.port, 'x.ap.shop.example')).toBe('ENOTFOUND');
    expect(await ask(machine.port, 'x.us.shop.example')).toBe('EREFUSED');
    await machine.uninstall();
    expect(await machine.tree()).toEqual(before);
  });
});

describe('interrupted half-way', () => {
  const kind: Kind = {
    ...MAC,
    breaks: (system) => {
      let first = true;
      return {
        ...system,
        async apply(changes, signal) {
          if (!first || changes.files.length < 2) return system.apply(changes, signal);
          first = false;
          await system.apply({ ...changes, files: changes.files.slice(0, 1), emptied: [], commands: [] }, signal);
          throw new Error('killed');
        },
      };
    },
  };

  test('the next install finishes it', async () => {
    const machine = await machineOf(kind);
    const before = await machine.tree();
    await expect(machine.install()).rejects.toThrow('killed');
    expect(await machine.host()).toMatchObject({ state: 'partial' });
    expect(await machine.install()).toMatchObject({ state: 'installed' });
    await machine.uninstall();
    expect(await machine.tree()).toEqual(before);
  });

  test('an uninstall takes back what was done', async () => {
    const machine = await machineOf(kind);
    const before = await machine.tree();
    await expect(machine.install()).rejects.toThrow('killed');
    expect((await machine.uninstall()).host).toMatchObject({ state: 'absent' });
    expect(await machine.tree()).toEqual(before);
  });

  test('a draft that was not put in place goes away, and commands that did not run are run', async () => {
    const machine = await machineOf(RESOLVED);
    const before = await machine.tree();
    await machine.install();
    const record = await machine.records.readInstallation();
    if (!record) throw new Error('there is no record');
    await machine.records.writeInstallation({ ...record, pending: true });
    await machine.put('/etc/systemd/resolved.conf.d/backlot.conf.backlot-new', 'half');
    expect(await machine.host()).toMatchObject({ state: 'partial' });
    await machine.install();
    expect(await machine.commands()).toHaveLength(2);
    await machine.uninstall();
    expect(await machine.tree()).toEqual(before);
  });

  test('without its record, uninstall finds what is Backlot’s by its marks', async () => {
    const machine = await machineOf({ ...MAC, files: { '/etc/resolver/corp.example': 'nameserver 10.0.0.1\n' } });
    const before = await machine.tree();
    await machine.install();
    await machine.records.removeInstallation();
    expect((await machine.uninstall()).host).toMatchObject({ state: 'absent' });
    expect(await machine.tree()).toEqual(before);
  });
});

describe('files that somebody else edited since', () => {
  test('of a hosts file only our block goes, and that is said', async () => {
    const machine = await machineOf({ ...HOSTS, files: { '/etc/hosts': '127.0.0.1 localhost' } });
    await machine.install();
    await writeFile(join(machine.root, 'etc/hosts'), `10.0.0.7 first\n${await machine.text('/etc/hosts')}10.0.0.8 last\n`);
    const { told } = await machine.uninstall();
    expect(await machine.text('/etc/hosts')).toBe('10.0.0.7 first\n127.0.0.1 localhost\n10.0.0.8 last\n');
    expect(told).toContain('/etc/hosts was edited by somebody else since: only Backlot’s block is taken out');
  });

  test('of a file of ours only our lines go', async () => {
    const machine = await machineOf(RESOLVED);
    await machine.install();
    const file = '/etc/systemd/resolved.conf.d/backlot.conf';
    await machine.put(file, `${await machine.text(file)}MulticastDNS=no\n`);
    const { told } = await machine.uninstall();
    expect(await machine.text(file)).toBe('[Resolve]\nMulticastDNS=no\n');
    expect(told.join()).toContain('only Backlot’s own lines');
  });

  test('a file that took the place of ours stays, and so does its absence', async () => {
    const machine = await machineOf({ ...MAC, files: { '/etc/resolver/us.shop.example': 'nameserver 10.9.9.9\n' } });
    await machine.install();
    await machine.put('/etc/resolver/eu.shop.example', 'nameserver 10.1.1.1\n');
    await docker('run', '--rm', '-v', `${machine.root}/etc/resolver:/r`, 'debian:bookworm-slim', 'rm', '/r/us.shop.example');
    const { told } = await machine.uninstall();
    expect(await machine.text('/etc/resolver/eu.shop.example')).toBe('nameserver 10.1.1.1\n');
    expect(told.filter((line) => line.includes('somebody else'))).toHaveLength(2);
  });

  test('a file that changes between the look and the change is not touched', async () => {
    const machine = await machineOf(HOSTS);
    const before = await machine.system.read('/etc/hosts');
    await machine.put('/etc/hosts', 'quicker\n');
    const change = { path: '/etc/hosts', before, after: before && { ...before, content: Buffer.from('ours\n') } };
    await expect(machine.system.apply({ files: [change], emptied: [], rules: undefined, commands: [] }, new AbortController().signal)).rejects.toMatchObject({ code: 'resolver-failed', message: '/etc/hosts was changed by somebody else just now' });
    expect(await machine.text('/etc/hosts')).toBe('quicker\n');
  });
});

import { expect, test } from 'vitest';
import { readMirrors } from '#adapters/debian/apt-sources.ts';
import { parseRelease } from '#adapters/debian/observe-host.ts';

test('mirrors are read from deb822 sources, other repositories are passed over', () => {
  const debian = 'Types: deb\n# a comment\nURIs: http://mirror.example/debian/\nSuites: bookworm bookworm-updates\nComponents: main\n\nTypes: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\nComponents: main\n';
  const other = 'Types: deb\nURIs: https://packages.example/node\nSuites: nodistro\nComponents: main\n';
  expect(readMirrors([other, debian])).toEqual({ main: 'http://mirror.example/debian', security: 'http://mirror.example/debian-security' });
});

test('mirrors are read from one-line sources with options', () => {
  expect(readMirrors(['# deb http://old.example/debian bookworm main\ndeb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main\n']).main).toBe('http://mirror.example/debian');
});

test('a machine without Debian sources uses the public mirrors', () => {
  expect(readMirrors(['deb http://archive.ubuntu.com/ubuntu noble main\n'])).toEqual({ main: 'http://deb.debian.org/debian', security: 'http://deb.debian.org/debian-security' });
});

test('a release is known by its own file', () => {
  expect(parseRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n')).toEqual({ family: 'debian', version: 12, name: 'Debian GNU/Linux 12 (bookworm)' });
  expect(parseRelease('PRETTY_NAME="Ubuntu 24.04.1 LTS"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n')).toMatchObject({ family: 'ubuntu', version: 24.04 });
  expect(parseRelease('PRETTY_NAME="Debian GNU/Linux forky/sid"\nID=debian\n')).toMatchObject({ family: 'debian', version: 99 });
  expect(parseRelease('ID=fedora\nVERSION_ID=43\n')).toMatchObject({ family: 'other' });
});

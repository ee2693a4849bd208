import { describe, expect, test } from 'vitest';
import { mayStart } from '../../../src-main/shells/electron/crashes.ts';
import { permits } from '../../../src-main/shells/electron/hardening.ts';
import { judgeAddress } from '../../../src-main/shells/electron/judge-address.ts';
import { isFromOurPage, isOurs } from '../../../src-main/shells/electron/origin.ts';
import { placeFor, readPlace } from '../../../src-main/shells/electron/window-state.ts';
import { isAnswerChannel } from '../../../src-main/shells/electron/words.ts';

describe('an address', () => {
  test.each(['app://backlot/', 'app://backlot/services?x#y', 'app://backlot'])('%s is ours', (address) => expect(isOurs(address)).toBe(true));

  test.each(['app://backlot.evil.example/', 'app://backlot@evil.example/', 'app://evil/', 'https://backlot/', 'xapp://backlot/', 'file:///app://backlot/', '', 'app:backlot', 'javascript:0', 'http://localhost:5173/'])(
    '%s is not ours',
    (address) => expect(isOurs(address)).toBe(false),
  );

  test('of the development server is ours only where there is one', () => {
    expect(isOurs('http://localhost:5173/x', 'http://localhost:5173/')).toBe(true);
    expect(isOurs('http://localhost:5174/x', 'http://localhost:5173/')).toBe(false);
    expect(isOurs('http://localhost:51730/', 'http://localhost:5173')).toBe(false);
  });

  test.each([
    ['http://localhost:8080/x', 'open'],
    ['http://127.0.0.1:3000', 'open'],
    ['http://web.shop.localhost:3000', 'open'],
    ['https://backlot.example/', 'ask'],
    ['http://localhost.evil.example/', 'ask'],
    ['http://user:secret@localhost/', 'refuse'],
    ['file:///etc/passwd', 'refuse'],
    ['smb://host/share', 'refuse'],
    ['vscode://file/x', 'refuse'],
    ['mailto:a@b.example', 'refuse'],
    ['javascript:alert(1)', 'refuse'],
    ['not an address', 'refuse'],
  ])('%s, opened outside: %s', (address, verdict) => expect(judgeAddress(address)).toBe(verdict));
});

describe('a message', () => {
  const windows = new Set([1]);
  const from = (senderFrame: unknown, id = 1) => isFromOurPage({ sender: { id }, senderFrame } as never, windows);

  test('counts when it comes from the main frame of one of our windows that shows our page', () => {
    expect(from({ url: 'app://backlot/', parent: null })).toBe(true);
  });

  test('does not count from a frame within, from a frame that is gone, from another page, or from another window', () => {
    expect(from({ url: 'app://backlot/', parent: {} })).toBe(false);
    expect(from(null)).toBe(false);
    expect(from({ url: 'https://evil.example/', parent: null })).toBe(false);
    expect(from({ url: 'app://backlot/', parent: null }, 2)).toBe(false);
  });

  test('may be answered only on a channel that the preload listens to', () => {
    expect(isAnswerChannel('backlot:line:0.123')).toBe(true);
    expect(isAnswerChannel('backlot:line:8.1e-7')).toBe(true);
    for (const channel of ['backlot:connect', 'backlot:line:', 'x', undefined, 1, `backlot:line:${'1'.repeat(99)}`]) expect(isAnswerChannel(channel)).toBe(false);
  });
});

test('a page is permitted to write to the clipboard and to notify, if it is ours', () => {
  expect(permits('notifications', 'app://backlot/')).toBe(true);
  expect(permits('clipboard-sanitized-write', 'app://backlot/')).toBe(true);
  expect(permits('notifications', 'https://evil.example/')).toBe(false);
  for (const permission of ['media', 'geolocation', 'clipboard-read', 'midi', 'openExternal', 'fullscreen', 'fileSystem', 'unknown']) expect(permits(permission, 'app://backlot/')).toBe(false);
});

test('F16: a core that crashed is started again, unless it crashed more than three times within a minute', () => {
  expect(mayStart([], 0)).toBe(true);
  expect(mayStart([1, 2, 3], 4)).toBe(true);
  expect(mayStart([1, 2, 3, 4], 5)).toBe(false);
  expect(mayStart([1, 2, 3, 4], 60_001)).toBe(true);
});

describe('a window', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1080 };
  const place = { x: 100, y: 50, width: 900, height: 600, maximized: false };

  test('opens where it stood', () => expect(placeFor(place, [display])).toEqual(place));
  test('opens at its usual size the first time', () => expect(placeFor(undefined, [display])).toEqual({ width: 1280, height: 820 }));
  test('keeps its size but not its place where no display shows that place', () => {
    expect(placeFor({ ...place, x: 5000 }, [display])).toEqual({ width: 900, height: 600, maximized: false });
    expect(placeFor({ ...place, y: -580 }, [display])).toEqual({ width: 900, height: 600, maximized: false });
  });
  test('stays on a second display', () => expect(placeFor({ ...place, x: 2500 }, [display, { ...display, x: 1920 }])).toMatchObject({ x: 2500 }));
  test('opens at its usual place where the file is missing or makes no sense', () => {
    expect(readPlace('/nonexistent/window.json')).toBeUndefined();
    expect(readPlace(import.meta.filename)).toBeUndefined();
  });
});

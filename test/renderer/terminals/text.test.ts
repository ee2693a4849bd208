import { describe, expect, test } from 'vitest';
import { externalLink } from '../../../src-renderer/features/terminals/external-link.ts';
import { Flow } from '../../../src-renderer/features/terminals/flow.ts';
import { Outbox } from '../../../src-renderer/features/terminals/outbox.ts';
import { sizeThatFits } from '../../../src-renderer/features/terminals/size-that-fits.ts';
import { cleanPaste, cleanTitle, splitText } from '../../../src-renderer/features/terminals/terminal-text.ts';

describe('what a program may say', () => {
  test('B37: a title is one short line of visible text', () => {
    expect(cleanTitle('root@\u202eevil\u0007\n\u009b2J  host')).toBe('root@ evil 2J host');
    expect(cleanTitle('x'.repeat(10_000))).toHaveLength(128);
  });

  test.each(['https://example.com/a?b=c#d', 'http://127.0.0.1:8080/'])('B37: %s can be opened', (address) => {
    expect(externalLink(address)?.href).toBe(address);
  });

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'https://user:secret@example.com/', 'vscode://x', 'example.com', `https://example.com/${'x'.repeat(3000)}`])(
    'B37: %s cannot',
    (address) => {
      expect(externalLink(address)).toBeUndefined();
    },
  );
});

describe('what is typed', () => {
  test('a paste cannot end itself early or press keys', () => {
    expect(cleanPaste('one\ttwo\r\n\u001b[201~three\u0003\u009b')).toBe('one\ttwo\r\n[201~three');
  });

  test('is split between characters', () => {
    expect(splitText('ab😀cd', 3)).toEqual(['ab', '😀cd']);
    expect(splitText('ab', 3)).toEqual(['ab', '']);
  });

  test('is sent in order, one message at a time', async () => {
    const sent: string[] = [];
    const releases: (() => void)[] = [];
    const outbox = new Outbox((text) => {
      sent.push(text);
      return new Promise<void>((resolve) => releases.push(resolve));
    });
    for (const key of 'abc') outbox.add(key);
    expect(sent).toEqual(['a']);
    releases.shift()?.();
    await Promise.resolve().then(() => Promise.resolve());
    expect(sent).toEqual(['a', 'bc']);
  });

  test('is not typed later when the line broke', async () => {
    const sent: string[] = [];
    const outbox = new Outbox((text) => {
      sent.push(text);
      return text === 'a' ? Promise.reject(new Error('the line broke')) : Promise.resolve();
    });
    outbox.add('a');
    outbox.add('rm -rf');
    await new Promise((resolve) => setImmediate(resolve));
    outbox.add('b');
    expect(sent).toEqual(['a', 'b']);
  });
});

describe('flow control', () => {
  test('asks for no more output than the terminal draws', async () => {
    const drawn: (() => void)[] = [];
    const flow = new Flow({ write: (_text, done) => drawn.push(done) }, { high: 10, low: 5 });
    await flow.write('12345678');
    let resumed = false;
    const second = flow.write('12345678').then(() => (resumed = true));
    await Promise.resolve();
    expect(resumed).toBe(false);
    drawn.shift()?.();
    await Promise.resolve();
    expect(resumed).toBe(false);
    drawn.shift()?.();
    await second;
    expect(resumed).toBe(true);
  });

  test('tells when everything is on the screen', async () => {
    const shown: string[] = [];
    const flow = new Flow({ write: (text, done) => queueMicrotask(() => (shown.push(text), done())) });
    await flow.write('a');
    await flow.writeAll('b');
    expect(shown).toEqual(['a', 'b']);
  });
});

test('a shell starts with a size near that of its place, within what the core takes', () => {
  expect(sizeThatFits({ clientWidth: 1083, clientHeight: 244 }, 13)).toEqual({ columns: 135, rows: 10 });
  expect(sizeThatFits({ clientWidth: 0, clientHeight: 0 }, 13)).toEqual({ columns: 20, rows: 4 });
  expect(sizeThatFits(null, 13).columns).toBeGreaterThan(80);
});

import { describe, expect, test } from 'vitest';
import { readLine, textOf } from '../../../src-renderer/features/logs/line-text.ts';

describe('a line of a log', () => {
  test('of plain text is shown as it is', () => {
    expect(readLine('GET /\t200 OK <b>{{x}}</b>')).toEqual({ text: 'GET /\t200 OK <b>{{x}}</b>', spans: [] });
  });

  test('keeps its colours and nothing of their codes', () => {
    const { text, spans } = readLine('\u001b[31mred\u001b[0m and \u001b[1;32mgreen');
    expect(text).toBe('red and green');
    expect(spans).toEqual([
      { from: 0, style: { foreground: { kind: 'palette', index: 1 } } },
      { from: 3, style: {} },
      { from: 8, style: { bold: true, foreground: { kind: 'palette', index: 2 } } },
    ]);
  });

  test.each([
    ['cursor moves and erasures', 'a\u001b[2J\u001b[999999999Bb\u001b[K', 'ab'],
    ['a title and a clipboard write (B37)', 'a\u001b]0;title\u0007\u001b]52;c;aGk=\u001b\\b', 'ab'],
    ['a link but not its text (B37)', '\u001b]8;;javascript:alert(1)\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['device control strings (B37)', 'a\u001bP$qm\u001b\\b', 'ab'],
    ['the 8-bit forms of the same', 'a\u009b2Jb\u009d0;x\u009cc\u0085', 'abc'],
    ['NUL, bell, backspace and delete (B36)', 'a\u0000\u0007\u0008\u007fb', 'ab'],
    ['charset switches', '\u001b(Ba\u001bc', 'a'],
    ['an escape that ends with the line', 'a\u001b[38;5', 'a'],
  ])('loses %s', (_what, raw, shown) => {
    expect(textOf(raw)).toBe(shown);
  });

  test('B36: a string that never ends hides nothing of the line', () => {
    expect(textOf('before \u001b]0;after')).toBe('before 0;after');
  });

  test('B36: names what is hidden or turns the direction of text', () => {
    expect(textOf('evil\u202egnp.exe\u2066\ufeff\u200b')).toBe('evil⟨U+202E⟩gnp.exe⟨U+2066⟩⟨U+FEFF⟩⟨U+200B⟩');
  });

  test('B36: keeps at most three marks on one letter', () => {
    expect(textOf(`a${'\u0301'.repeat(50)}b`)).toBe('a\u0301\u0301\u0301b');
  });

  test('keeps other scripts, emoji and their joiners', () => {
    expect(textOf('漢字 👩‍👩‍👧 שלום')).toBe('漢字 👩‍👩‍👧 שלום');
  });

  test.each([
    ['10 %\r50 %\r100 %', '100 %'],
    ['100 %\r', '100 %'],
    ['done\r\u001b[K', 'done'],
    ['\r\r', ''],
  ])('B35: a progress line shows what was written last: %j', (raw, shown) => {
    expect(textOf(raw)).toBe(shown);
  });

  test('B36: a million colours are read in time and kept within bounds', () => {
    const from = performance.now();
    const { text, spans } = readLine('\u001b[31ma\u001b[32mb'.repeat(500_000));
    expect(text).toHaveLength(1_000_000);
    expect(spans.length).toBeLessThanOrEqual(1001);
    expect(performance.now() - from).toBeLessThan(5000);
  });

  test('B36: openings without an end take no more than linear time', () => {
    const from = performance.now();
    readLine('\u001b]'.repeat(200_000));
    readLine('\u001b['.repeat(200_000));
    readLine('\u001bP'.repeat(200_000));
    readLine('x\r'.repeat(200_000));
    expect(performance.now() - from).toBeLessThan(3000);
  });
});

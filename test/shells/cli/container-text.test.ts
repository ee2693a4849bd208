import { describe, expect, test } from 'vitest';
import { forTerminal, jsonWithoutWorkflowCommands, withoutWorkflowCommands } from '../../../src-main/shells/cli/container-text.ts';
import fc from '../../support/properties.ts';

const ESC = '\u001b';

describe('text from a container on a person’s terminal', () => {
  test.each([
    ['colours stay and end with the line', `${ESC}[31mred`, `${ESC}[31mred${ESC}[0m`],
    ['B36: the cursor is not moved', `a${ESC}[999999999Bb${ESC}[2Jc`, 'abc'],
    ['B37: the title is not set', `a${ESC}]0;evil\u0007b`, 'ab'],
    ['B37: nothing is copied', `a${ESC}]52;c;ZXZpbA==${ESC}\\b`, 'ab'],
    ['B37: links are text', `${ESC}]8;;javascript:x${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
    ['B37: nothing is asked of the terminal', `${ESC}[6n${ESC}P$qm${ESC}\\${ESC}[c`, ''],
    ['a sequence without an end takes the rest of the line', `a${ESC}]0;evil`, 'a'],
    ['B36: one-byte controls are no way around', 'a\u009b2Jb\u009d0;evil\u009cc', 'abc'],
    ['a sequence inside a sequence leaves no third one', `${ESC}${ESC}]0;x\u0007[2Jz`, 'z'],
    ['bells, backspaces and nulls go', 'a\u0007b\bc\u0000d', 'abcd'],
    ['tabs stay', 'a\tb', 'a\tb'],
    ['B35: progress drawn with carriage returns shows its last state', '10%\r50%\r100%\r', '100%'],
    ['marks that turn text around are shown', 'user\u202etxt.exe', 'user<U+202E>txt.exe'],
  ])('%s', (_title, text, expected) => {
    expect(forTerminal(text, true)).toBe(expected);
  });

  test('without colours nothing of an escape is left', () => {
    expect(forTerminal(`${ESC}[31mred${ESC}[0m`, false)).toBe('red');
  });

  test('B36: whatever comes, only colours are left of it', () => {
    const pieces = fc.constantFrom(ESC, '[', ']', 'P', '\\', 'm', 'J', '0', ';', '?', '\u0007', '\u009b', '\u009d', '\u0000', '\r', 'x', '\u202e');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const left = forTerminal(parts.join(''), true).replace(/\u001b\[[\d;:]*m/g, '');
        expect(left).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('B38: text from a container in a build log', () => {
  test('commands to the build server lose their power and stay readable', () => {
    const text = '::add-mask::x\n  ::stop-commands::y\napi | ##vso[task.setvariable]z\n##[error]no\na::b';
    expect(withoutWorkflowCommands(text)).toBe(': :add-mask::x\n  : :stop-commands::y\napi | # #vso[task.setvariable]z\n# #[error]no\na::b');
  });

  test('in JSON the value stays what it is', () => {
    const json = JSON.stringify({ line: '##vso[x] ##[y]' });
    const safe = jsonWithoutWorkflowCommands(json);
    expect(safe).not.toContain('##');
    expect(JSON.parse(safe)).toEqual(JSON.parse(json));
  });
});

import type { TestResult } from '#contract/runs.ts';

const LINE = /^(\s*)(not ok|ok)\b(?:\s+(\d+))?(?:\s*-)?\s*(.*)$/;
const DIRECTIVE = /(?:^|\s+)#\s*(skip|todo)\b\s*(.*)$/i;

type Open = { readonly test: TestResult & { readonly state: TestResult['state'] }; readonly indent: number; readonly hasChildren: boolean; readonly ended: string | undefined; message?: string; detail?: string; seconds?: number; isSuite?: boolean; isTest?: boolean };

/** A text of several lines in the YAML below a test. */
type Block = { readonly lines: string[]; length: number };

const LONGEST_MESSAGE = 1000;
const LONGEST_DETAIL = 8000;

/** The Test Anything Protocol with subtests, line by line. */
export class TapReader {
  private readonly onTest: (test: TestResult) => void;
  /** Names of subtests that began, by their depth. */
  private begun: { readonly indent: number; readonly name: string }[] = [];
  /** Depths at which tests have ended since their parent began. */
  private readonly ended = new Set<number>();
  private open: Open | undefined;
  private inDetail = false;
  /** How far the keys of that YAML are indented: what is deeper belongs to one of them. */
  private keys: number | undefined;
  private block: Block | undefined;
  private sure = false;

  constructor(onTest: (test: TestResult) => void) {
    this.onTest = onTest;
  }

  /** Whether the text is TAP beyond doubt: other programs print lines with "ok" too. */
  get isTap(): boolean {
    return this.sure;
  }

  push(line: string, time?: string): void {
    if (/^TAP version \d+$/.test(line) || /^\s*1\.\.\d+(\s*#.*)?$/.test(line)) this.sure = true;
    if (this.inDetail) return this.detail(line);
    if (this.open && /^\s*---\s*$/.test(line)) {
      this.inDetail = true;
      this.keys = undefined;
      return;
    }
    const [, space, name] = /^(\s*)# Subtest: (.*)$/.exec(line) ?? [];
    if (name !== undefined) return this.begin((space ?? '').length, name);
    const match = LINE.exec(line);
    if (match) this.test(match, time);
  }

  end(): void {
    this.flush();
  }

  private begin(indent: number, name: string): void {
    this.flush();
    this.begun = [...this.begun.filter((one) => one.indent < indent), { indent, name }];
  }

  private test([, space = '', word = '', , rest = '']: RegExpExecArray, ended: string | undefined): void {
    this.flush();
    const indent = space.length;
    const hasChildren = [...this.ended].some((deeper) => deeper > indent);
    for (const deeper of [...this.ended]) if (deeper > indent) this.ended.delete(deeper);
    this.ended.add(indent);
    const directive = DIRECTIVE.exec(rest);
    const skipped = directive?.[1] !== undefined;
    const name = rest.replace(DIRECTIVE, '').trim() || '(without a name)';
    const suite = this.begun.filter((one) => one.indent < indent).map((one) => one.name);
    this.begun = this.begun.filter((one) => one.indent < indent);
    this.open = { test: { suite, name, state: skipped ? 'skipped' : word === 'ok' ? 'passed' : 'failed' }, indent, hasChildren, ended };
  }

  /** The YAML below a test: only what is needed of it. */
  private detail(line: string): void {
    const indent = line.search(/\S/);
    if (this.keys !== undefined && (indent === -1 || indent > this.keys)) {
      if (this.block) addLine(this.block, line);
      return;
    }
    this.endBlock();
    if (/^\s*\.\.\.\s*$/.test(line)) {
      this.inDetail = false;
      return this.flush();
    }
    if (indent !== -1) this.keys ??= indent;
    const [, key, value = ''] = /^\s*(duration_ms|type|error|message):\s*(.*)$/.exec(line) ?? [];
    if (!this.open || key === undefined) return;
    const plain = value.replace(/^['"](.*)['"]$/, '$1');
    if (key === 'duration_ms') this.open.seconds = Number(plain) / 1000;
    else if (key === 'type') Object.assign(this.open, { isSuite: plain === 'suite', isTest: plain === 'test' });
    else if (/^[|>][+-]?\d*$/.test(plain)) this.block = { lines: [], length: 0 };
    else this.open.message ??= plain.slice(0, LONGEST_MESSAGE);
  }

  /** The first line of a text is the message, all of it the detail. */
  private endBlock(): void {
    const { block, open } = this;
    this.block = undefined;
    if (!block || !open || open.message !== undefined) return;
    const depth = Math.min(...block.lines.filter((line) => line !== '').map((line) => line.search(/\S/)));
    const lines = block.lines.map((line) => line.slice(depth));
    const message = lines.find((line) => line !== '');
    if (message === undefined) return;
    open.message = message.slice(0, LONGEST_MESSAGE);
    const text = lines.join('\n').trim();
    if (text !== message) open.detail = text;
  }

  private flush(): void {
    const { open } = this;
    this.open = undefined;
    if (!open) return;
    // A parent tells what its children told; node says which parents are tests themselves.
    if (open.isSuite || (open.hasChildren && !open.isTest)) return;
    const said = open.test.state === 'failed' && { ...(open.message !== undefined && { message: open.message }), ...(open.detail !== undefined && { detail: open.detail }) };
    this.onTest({ ...open.test, ...(open.seconds !== undefined && Number.isFinite(open.seconds) && { seconds: open.seconds }), ...said, ...(open.ended !== undefined && { ended: open.ended }) });
  }
}

/** Memory is bounded, however much a suite prints. */
function addLine(block: Block, line: string): void {
  if (block.length > LONGEST_DETAIL) return;
  block.lines.push(line);
  block.length += line.length + 1;
}

import type { TestResult } from '#contract/runs.ts';

const LINE = /^(\s*)(not ok|ok)\b(?:\s+(\d+))?(?:\s*-)?\s*(.*)$/;
const DIRECTIVE = /(?:^|\s+)#\s*(skip|todo)\b\s*(.*)$/i;

type Open = { readonly test: TestResult & { readonly state: TestResult['state'] }; readonly indent: number; readonly hasChildren: boolean; readonly ended: string | undefined; message?: string; seconds?: number; isSuite?: boolean; isTest?: boolean };

/** The Test Anything Protocol with subtests, line by line. */
export class TapReader {
  private readonly onTest: (test: TestResult) => void;
  /** Names of subtests that began, by their depth. */
  private begun: { readonly indent: number; readonly name: string }[] = [];
  /** Depths at which tests have ended since their parent began. */
  private readonly ended = new Set<number>();
  private open: Open | undefined;
  private inDetail = false;
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
    if (/^\s*\.\.\.\s*$/.test(line)) {
      this.inDetail = false;
      return this.flush();
    }
    const [, key, value = ''] = /^\s*(duration_ms|type|error|message):\s*(.*)$/.exec(line) ?? [];
    if (!this.open || key === undefined) return;
    const plain = value.replace(/^['"](.*)['"]$/, '$1');
    if (key === 'duration_ms') this.open.seconds = Number(plain) / 1000;
    else if (key === 'type') Object.assign(this.open, { isSuite: plain === 'suite', isTest: plain === 'test' });
    else if (!/^\|/.test(plain)) this.open.message ??= plain.slice(0, 1000);
  }

  private flush(): void {
    const { open } = this;
    this.open = undefined;
    if (!open) return;
    // A parent tells what its children told; node says which parents are tests themselves.
    if (open.isSuite || (open.hasChildren && !open.isTest)) return;
    this.onTest({ ...open.test, ...(open.seconds !== undefined && Number.isFinite(open.seconds) && { seconds: open.seconds }), ...(open.message !== undefined && open.test.state === 'failed' && { message: open.message }), ...(open.ended !== undefined && { ended: open.ended }) });
  }
}

import { CST, Lexer } from 'yaml';
import { BacklotError } from '#contract/errors.ts';
import type { SourceName } from './decode-source.ts';

const DEPTH_LIMIT = 100;

/**
 * Fails where a text nests deeper than any file that people write. The YAML parser recurses and can take the whole process down with it;
 * its lexer does not, so its tokens are counted first.
 */
export function refuseDeep(text: string, { file, code }: SourceName): void {
  const nesting = new Nesting();
  for (const token of new Lexer().lex(text)) {
    nesting.take(token);
    if (nesting.depth <= DEPTH_LIMIT) continue;
    throw new BacklotError(code, `Nested deeper than ${DEPTH_LIMIT} levels`, {
      where: { file, line: nesting.line, column: nesting.column },
      fix: 'Check that it is the file you meant; flatten it.',
    });
  }
}

/** How deep the lexer is: flow brackets that are open, and block collections by their columns. */
class Nesting {
  line = 1;
  column = 1;
  private flow = 0;
  private readonly columns: number[] = [];
  /** Only the first contents of a line, and what follows a "-", "?" or ":", can open a block collection. */
  private opening = true;
  private scalarNext = false;

  get depth(): number {
    return this.flow + this.columns.length;
  }

  take(token: string): void {
    if (this.scalarNext) {
      this.scalarNext = false;
      return this.takeContents(token);
    }
    switch (CST.tokenType(token)) {
      case 'doc-mode':
        return;
      case 'scalar':
        // A mark that stands for no text: the next token is the scalar, whatever it looks like.
        this.scalarNext = true;
        return;
      case 'flow-error-end':
        this.flow = 0;
        return;
      case 'flow-seq-start':
      case 'flow-map-start':
        this.openBlock();
        this.flow++;
        break;
      case 'flow-seq-end':
      case 'flow-map-end':
        this.flow = Math.max(0, this.flow - 1);
        break;
      case 'seq-item-ind':
      case 'explicit-key-ind':
      case 'map-value-ind':
        this.openBlock();
        this.opening = true;
        return this.advance(token);
      case 'space':
      case 'comment':
      case 'newline':
      case 'byte-order-mark':
        return this.advance(token);
      default:
        return this.takeContents(token);
    }
    this.opening = false;
    this.advance(token);
  }

  private takeContents(token: string): void {
    this.openBlock();
    this.opening = false;
    this.advance(token);
  }

  private openBlock(): void {
    if (!this.opening || this.flow > 0) return;
    while (this.columns.length > 0 && (this.columns.at(-1) ?? 0) > this.column) this.columns.pop();
    if (this.columns.at(-1) !== this.column) this.columns.push(this.column);
  }

  private advance(token: string): void {
    const lastBreak = token.lastIndexOf('\n');
    if (lastBreak === -1) {
      this.column += token.length;
      return;
    }
    for (const character of token) if (character === '\n') this.line++;
    this.column = token.length - lastBreak;
    this.opening = true;
  }
}

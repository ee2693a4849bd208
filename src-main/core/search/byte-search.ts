import { findEscapes } from './escapes.ts';
import { findRuns, type Known, type RunViews } from './find-runs.ts';
import { GramIndex, newText, type OnMatch, type Text } from './gram-index.ts';
import { ScanKernel } from './kernel/scan-kernel.ts';
import type { OriginalSet } from './original-set.ts';
import { Plausible } from './plausible.ts';
import type { Patterns } from './grams.ts';
import { withVariants } from './variants.ts';
import { View, type Encoding, type Piece } from './view.ts';
import type { Windows } from './windows.ts';

/** An original that was found: its number in the set, from where to where in the text, and how it was written. What was decoded has only a beginning there. */
export type Found = { readonly original: number; readonly at: number; readonly to: number; readonly encoding: Encoding; readonly within?: Within };

/** What was decoded, where in it the original stands, and of which pieces it is made. */
type Within = { readonly text: Uint8Array; readonly from: number; readonly to: number; readonly pieceOf: (position: number) => Piece };

/** Memory that pieces of a stream are searched in. */
type Memory = ReturnType<typeof newText>;

/** Bytes of a stream that are searched at once. */
export const SEARCHED_AT_ONCE = (1 << 20) + (1 << 11);

export type OnFound = (found: Found) => void;

/** Searches come one after another, so they share it. */
let scan: ScanKernel | undefined;

/** What looks over texts, in whichever writing they come. Where it only tells where something may be, `windows` take what stands there. */
export type Looking = { readonly windows?: Windows; readonly index: { search(text: Text, onMatch: OnMatch, isDigits?: boolean): void }; readonly originalOf: Uint32Array; readonly digitsFrom: number; readonly known: Known; /** Patterns of bytes that are no letters: small and capital ones are not alike there. */ readonly stored?: { readonly patterns: Patterns; readonly from: number; readonly to: number } };

/**
 * All originals of a set, ready to be searched for in any number of texts: as they are, in small or capital letters, as UTF-16, hexadecimal, base64,
 * escaped, and numbers by their digits alone. The set must not change any more.
 */
export class ByteSearch {
  readonly originals: OriginalSet;
  readonly windows: Windows | undefined;
  private readonly index: Looking['index'];
  private readonly originalOf: Uint32Array;
  private readonly digitsFrom: number;
  private readonly stored: Looking['stored'];
  private readonly known: Known;
  private readonly views: RunViews & { readonly escaped: View };
  private seen = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private onFound: OnFound = () => {};
  private onView: (view: View) => void = () => {};
  private readonly spare: Memory[] = [];

  constructor(originals: OriginalSet, { index, originalOf, digitsFrom, known, stored, windows }: Looking = lookingFor(originals)) {
    this.windows = windows;
    this.stored = stored;
    this.originals = originals;
    this.known = known;
    this.index = index;
    this.originalOf = originalOf;
    this.digitsFrom = digitsFrom;
    const view = (encoding: Encoding) => new View(encoding, (full) => this.searchView(full));
    this.views = { utf16: view('utf-16'), hex: view('hex'), base64: view('base64'), digits: view('digits'), escaped: view('escaped') };
  }

  /** Searches a text. Of its first `seen` bytes, only what reaches beyond them counts. `onView` is given what was decoded. */
  search(text: Text, seen: number, onFound: OnFound, onView: (view: View) => void = () => {}): void {
    [this.seen, this.bytes, this.onFound, this.onView] = [seen, text.bytes, onFound, onView];
    this.index.search(text, this.foundPlain);
    scan ??= new ScanKernel();
    const scanned = scan.begin(text, seen);
    findRuns(scanned, this.known, this.views);
    findEscapes(scanned, this.views.escaped);
    for (const view of Object.values(this.views)) view.flush();
  }

  /** Searches a text as it is, which is plain or was decoded before. */
  searchWritten({ text, encoding, seen, origin }: Written, onFound: OnFound): void {
    [this.seen, this.bytes, this.onFound] = [seen, text.bytes, onFound];
    if (encoding === 'plain') this.index.search(text, this.foundPlain);
    else this.searchDecoded({ text, encoding, pieceOf: () => ({ start: 0, end: text.length, origin }) }, onFound);
  }

  /** Memory for `SEARCHED_AT_ONCE` bytes, to be given back: a database has thousands of small files. */
  borrowMemory(): Memory {
    return this.spare.pop() ?? newText(SEARCHED_AT_ONCE);
  }

  giveBack(memory: Memory): void {
    this.spare.push(memory);
  }

  private readonly foundPlain = (pattern: number, start: number, end: number) => {
    if (end > this.seen && (!this.isStored(pattern) || this.isThere(pattern, start))) this.onFound({ original: this.originalOf[pattern] ?? 0, at: start, to: end, encoding: pattern >= this.digitsFrom ? 'digits' : 'plain' });
  };

  private isStored(pattern: number): boolean {
    return this.stored !== undefined && pattern >= this.stored.from && pattern < this.stored.to;
  }

  /** Whether bytes that are no letters stand there exactly. */
  private isThere(pattern: number, start: number): boolean {
    const { bytes, starts } = this.stored?.patterns ?? NONE;
    const from = starts[pattern] ?? 0;
    for (let index = (starts[pattern + 1] ?? 0) - from - 1; index >= 0; index--) if (bytes[from + index] !== this.bytes[start + index]) return false;
    return true;
  }

  private searchView(view: View): void {
    this.searchDecoded({ text: view.text, encoding: view.encoding, pieceOf: (position) => view.pieceOf(position) }, this.onFound);
    this.onView(view);
  }

  private searchDecoded({ text, encoding, pieceOf }: Decoded, onFound: OnFound): void {
    const decoded = text.bytes.subarray(0, text.length);
    const onMatch: OnMatch = (pattern, from, to) => {
      // What is decoded from a text is a text.
      if (this.isStored(pattern)) return;
      const { origin } = pieceOf(from);
      onFound({ original: this.originalOf[pattern] ?? 0, at: origin, to: origin, encoding, within: { text: decoded, from, to, pieceOf } });
    };
    this.index.search(text, onMatch, encoding === 'digits');
  }
}

/** What was decoded of a text, piece after piece. */
type Decoded = { readonly text: Text; readonly encoding: Encoding; readonly pieceOf: Within['pieceOf'] };

/** A part of a text, or of what was decoded of one that begins at `origin`. */
export type Written = { readonly text: Text; readonly encoding: Encoding; readonly seen: number; readonly origin: number };

const NONE: Patterns = { bytes: new Uint8Array(0), starts: new Uint32Array(1), count: 0 };

function lookingFor(originals: OriginalSet): Looking {
  const { patterns, originalOf, stored, digitsFrom, bytes } = withVariants(originals);
  return { index: new GramIndex(patterns), originalOf, digitsFrom, stored: { patterns, ...stored }, known: { digits: originals.telling.digits, plausible: new Plausible(bytes) } };
}

import { BacklotError } from '#contract/errors.ts';
import { DocumentOutput } from './document-output.ts';
import { Path } from './paths.ts';
import { readDocument, type Shape } from './read-document.ts';
import { ARRAY, DOCUMENT, isBare, NULL, TEXT, type ValueKind } from './value-kinds.ts';
import { textOfValue, valueOfText } from './values.ts';

/** The column that says how a document is built. No path is called so. */
export const SHAPE = '(shape)';

/** A row by column, as bytes: each character is one byte. */
export type DocumentRow = Readonly<Record<string, string | null>>;

/** Takes documents apart into rows: how a document is built, and for each path its value, or all of them where there may be several. */
export class DocumentRows {
  private readonly root = new Path();
  private readonly out = new DocumentOutput();
  private readonly several: ReadonlyMap<string, boolean>;
  private readonly table: string;

  /** `columns` says of each path whether it may have several values. */
  constructor(table: string, columns: ReadonlyMap<string, boolean>) {
    this.table = table;
    this.several = columns;
  }

  rowOf(document: Buffer): DocumentRow {
    const row = Object.create(null) as Record<string, string | null>;
    const lists = new Map<string, string[]>();
    const shape = readDocument(document, this.root, ({ path, kind }, from, to) => {
      const text = textOfValue(kind, document, from, to);
      const several = this.several.get(path.text);
      if (several === undefined || (!several && path.text in row)) throw changed(this.table, path.text);
      if (!several) row[path.text] = text;
      else if (!lists.get(path.text)?.push(text)) lists.set(path.text, [text]);
    });
    for (const [path, texts] of lists) row[path] = arrayText(texts);
    row[SHAPE] = JSON.stringify(shape);
    return row;
  }

  /** The document of a row. A path without a value any more has null where its values were. */
  documentOf(row: DocumentRow): Buffer {
    const lists = new Map<string, readonly (string | null)[]>();
    const used = new Map<string, number>();
    const next = (path: string): string | null => {
      if (!this.several.get(path)) return row[path] ?? null;
      const list = lists.get(path) ?? elementsOf(row[path] ?? '');
      const index = used.get(path) ?? 0;
      lists.set(path, list);
      used.set(path, index + 1);
      // What is always the same is there once.
      return list[list.length === 1 ? 0 : index] ?? null;
    };
    build(JSON.parse(row[SHAPE] ?? '[0]') as Shape, { path: this.root, next, out: this.out });
    return this.out.take();
  }
}

type Building = { readonly path: Path; readonly next: (path: string) => string | null; readonly out: DocumentOutput };

function build(shape: Shape, { path, next, out }: Building): void {
  const [kind, ...items] = typeof shape === 'number' ? [0] : shape;
  const start = out.begin();
  const add = (name: string, item: Shape, place: Path) => {
    if (typeof item === 'number') return addValue(item, name, { path: place, next, out });
    out.element(item[0] === 1 ? ARRAY : DOCUMENT, name);
    build(item, { path: place, next, out });
  };
  if (kind === 1) for (const [index, item] of items.entries()) add(String(index), item as Shape, path);
  else for (let index = 0; index < items.length; index += 2) add(items[index] as string, items[index + 1] as Shape, path.child(items[index] as string));
  out.end(start);
}

function addValue(kind: ValueKind, name: string, { path, next, out }: Building): void {
  const text = isBare(kind) ? null : next(path.text);
  if (text === null) return out.element(isBare(kind) ? kind : NULL, name);
  if (kind === TEXT) {
    out.element(TEXT, name);
    return out.text(text);
  }
  const { type, bytes } = valueOfText(kind, text);
  out.element(type, name);
  out.copy(bytes);
}

function arrayText(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

/** The elements of an array as rows have it: `{a,"b c",NULL}`. A text that is none is the only one. */
function elementsOf(text: string): (string | null)[] {
  if (text === '') return [];
  if (!text.startsWith('{') || !text.endsWith('}')) return [text];
  return [...text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^",]+)/gs)].map(([, quoted, bare = '']) => (quoted === undefined ? (bare.toUpperCase() === 'NULL' ? null : bare) : quoted.replace(/\\(.)/gs, '$1')));
}

function changed(table: string, path: string): BacklotError {
  return new BacklotError('source-failed', `${table} has values at ${path} that were not there when the source was first read`, { fix: 'The source changes while it is read: capture again, or make a dump of it.' });
}

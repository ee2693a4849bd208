import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import { BacklotError } from '#contract/errors.ts';
import type { RunningProgram } from '#ports/data-programs.ts';
import type { Address, Rows, Table } from '#ports/database.ts';
import { writeExpression } from './column-types.ts';
import { change } from './connect.ts';
import { filledLabel, hasEmptyValue, variableOf } from './empty-labels.ts';
import { LoadText } from './load-text.ts';
import { quoteName, quoteTable, quoteText } from './quote.ts';

const NEWLINE = 0x0a;
/** Bytes after which a portion of rows ends. All of a table at once would leave a history of every row in the server's files. */
const PORTION = 2 << 20;
/** Milliseconds in which a server says why it left its pipe. */
const PATIENCE = 10_000;
/** Brings pieces, each after its length, into a pipe; nothing left of a portion is a length of 0. */
const BRING = 'trap \'rm -f "$1"\' EXIT; mkfifo -m 666 "$1" && echo made && while read -r size; do { while [ "$size" != 0 ]; do head -c "$size" && read -r size || exit; done; } > "$1"; done';

/** Where rows go. Of what is `filled`, an empty field becomes the first label: a trigger of the table makes it empty again. */
type Target = { readonly table: Table; readonly columns: readonly string[]; readonly filled: boolean };

/**
 * Writes rows by LOAD DATA from a pipe in the server's own container, a portion after the other. Sent over the connection instead (LOCAL), rows
 * that do not fit would be bent or left out with a warning.
 */
export async function loadRows(connection: Connection, address: Address, target: Target & { readonly rows: Rows }, signal: AbortSignal): Promise<number> {
  const start = address.programs?.start;
  if (!start) throw new BacklotError('database-failed', 'Rows cannot be written: nothing here reaches the files of the server');
  const pipe = `/tmp/backlot-rows-${randomBytes(6).toString('hex')}`;
  const program = start(['sh', '-c', BRING, 'sh', pipe], signal);
  await Promise.race([new Promise((resolve) => program.output.once('data', resolve)), program.ended]);
  try {
    return await feed(target.rows, program, () => change(connection, statement(target, pipe)));
  } finally {
    program.input.end();
    program.output.resume();
  }
}

/** The server reads one portion while the next one is gathered. It gets that only once it has left the pipe: it would take it for the same. */
async function feed(rows: Rows, program: RunningProgram, load: () => Promise<number>): Promise<number> {
  let written = 0;
  let loading: Loading | undefined;
  for await (const { bytes, ends } of portions(rows)) {
    if (loading?.isSent) {
      written += await loading.rows;
      loading = undefined;
    }
    loading ??= begin(load(), program);
    await send(bytes, ends, program, loading);
    loading.isSent = ends;
  }
  return written + ((await loading?.rows) ?? 0);
}

type Loading = { readonly rows: Promise<number>; isSent: boolean; isOver: boolean };

/** Where the way to the server ends first, it most often says why. */
function begin(answer: Promise<number>, { ended }: RunningProgram): Loading {
  const lost = ended.then(async () => {
    await pause(PATIENCE, undefined, { ref: false });
    throw new BacklotError('database-failed', 'Rows cannot be written: the way into the container of the server ended');
  });
  const loading: Loading = { rows: Promise.race([answer, lost]), isSent: false, isOver: false };
  const over = () => void (loading.isOver = true);
  loading.rows.then(over, over);
  return loading;
}

async function send(bytes: Buffer, ends: boolean, { input }: RunningProgram, loading: Loading): Promise<void> {
  if (loading.isOver) await loading.rows;
  const parts = [...(bytes.length > 0 ? [Buffer.from(`${bytes.length}\n`), bytes] : []), ...(ends ? [Buffer.from('0\n')] : [])];
  const isFull = parts.map((part) => input.write(part)).includes(false);
  if (isFull) await Promise.race([new Promise((resolve) => input.once('drain', resolve)), loading.rows]);
}

/** Rows in portions that end with a row. One that is longer comes in several pieces. */
async function* portions(rows: Rows): AsyncGenerator<{ readonly bytes: Buffer; readonly ends: boolean }> {
  const text = new LoadText();
  let gathered: Buffer[] = [];
  let length = 0;
  let isWithin = false;
  for await (const row of rows) {
    const piece = text.transform(row);
    gathered.push(piece);
    length += piece.length;
    if (length < PORTION) continue;
    const all = Buffer.concat(gathered);
    isWithin = !all.includes(NEWLINE);
    const end = isWithin ? all.length : all.lastIndexOf(NEWLINE) + 1;
    yield { bytes: all.subarray(0, end), ends: !isWithin };
    gathered = [all.subarray(end)];
    length = all.length - end;
  }
  if (length > 0 || isWithin) yield { bytes: Buffer.concat(gathered), ends: true };
}

function statement({ table, columns, filled }: Target, pipe: string): string {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const fields = columns.map((name, index) => {
    const column = byName.get(name);
    const variable = variableOf(index);
    const expression = column && (filled && hasEmptyValue(column) ? filledLabel(column, variable) : writeExpression(column, variable));
    return expression === undefined ? { into: quoteName(name), set: [] } : { into: variable, set: [`${quoteName(name)} = ${expression}`] };
  });
  const set = fields.flatMap((field) => field.set);
  return `load data infile ${quoteText(pipe)} into table ${quoteTable(table)} character set utf8mb4 (${fields.map(({ into }) => into).join(', ')})${set.length === 0 ? '' : ` set ${set.join(', ')}`}`;
}

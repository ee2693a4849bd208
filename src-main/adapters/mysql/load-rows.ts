import { randomBytes } from 'node:crypto';
import type { Connection } from 'mysql2';
import { BacklotError } from '#contract/errors.ts';
import type { RunningProgram } from '#ports/data-programs.ts';
import type { Address, Rows, Table } from '#ports/database.ts';
import { writeExpression } from './column-types.ts';
import { change } from './connect.ts';
import { LoadText } from './load-text.ts';
import { quoteName, quoteTable, quoteText } from './quote.ts';

/**
 * Writes rows by LOAD DATA from a pipe in the server's own container. Sent over the connection instead (LOCAL), rows that do not fit
 * would be bent or left out with a warning; and the server could not put them in in bulk.
 */
export async function loadRows(connection: Connection, address: Address, target: { readonly table: Table; readonly columns: readonly string[]; readonly rows: Rows }, signal: AbortSignal): Promise<number> {
  const start = address.programs?.start;
  if (!start) throw new BacklotError('database-failed', 'Rows cannot be written: nothing here reaches the files of the server');
  const pipe = `/tmp/backlot-rows-${randomBytes(6).toString('hex')}`;
  const program = start(['sh', '-c', 'mkfifo -m 666 "$1" && echo made && cat > "$1"; rm -f "$1"', 'sh', pipe], signal);
  await Promise.race([new Promise((resolve) => program.output.once('data', resolve)), program.ended]);
  const loading = change(connection, statement(target.table, target.columns, pipe));
  loading.catch(() => {});
  try {
    await feed(target.rows, program, loading);
  } catch (error) {
    program.input.end();
    program.output.resume();
    throw error;
  }
  program.input.end();
  program.output.resume();
  return loading;
}

async function feed(rows: Rows, { input, ended }: RunningProgram, loading: Promise<number>): Promise<void> {
  const text = new LoadText();
  const stopped = Promise.race([loading, ended]);
  stopped.catch(() => {});
  let over = false;
  void stopped.then(() => (over = true), () => (over = true));
  for await (const piece of rows) {
    if (over) await loading;
    if (!input.write(text.transform(piece))) await Promise.race([new Promise((resolve) => input.once('drain', resolve)), stopped]);
  }
}

function statement(table: Table, columns: readonly string[], pipe: string): string {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const fields = columns.map((name, index) => {
    const column = byName.get(name);
    const variable = `@backlot_${index}`;
    const expression = column && writeExpression(column, variable);
    return expression === undefined ? { into: quoteName(name), set: [] } : { into: variable, set: [`${quoteName(name)} = ${expression}`] };
  });
  const set = fields.flatMap((field) => field.set);
  return `load data infile ${quoteText(pipe)} into table ${quoteTable(table)} character set utf8mb4 (${fields.map(({ into }) => into).join(', ')})${set.length === 0 ? '' : ` set ${set.join(', ')}`}`;
}

import type { Duplex } from 'node:stream';
import type { RunningProgram } from './data-programs.ts';

/** A column as a server's catalogue has it. */
export type Column = {
  readonly name: string;
  /** The type in the server's own words, such as `character varying(40)` or `enum('a','b')`. */
  readonly type: string;
  readonly base: 'text' | 'integer' | 'decimal' | 'float' | 'boolean' | 'date' | 'time' | 'timestamp' | 'json' | 'bytes' | 'uuid' | 'inet' | 'enum' | 'array' | 'other';
  /** What the elements of an array are. */
  readonly element?: Exclude<Column['base'], 'array'>;
  readonly nullable: boolean;
  /** Computed by the server: read and written by nobody. */
  readonly generated: boolean;
  readonly maxLength?: number;
  readonly values?: readonly string[];
  /** The only values that checks let it have beside null, where they list them. */
  readonly allowed?: readonly string[];
  /** What it becomes where nothing is given, in the server's own words. */
  readonly default?: string;
  readonly comment?: string;
  /** Says how the parts of a row belong together and holds no value of anybody: kept without a rule. */
  readonly implied?: boolean;
};

/** A column to read: as it is, or as an expression that the server works out. */
export type ReadColumn = { readonly name: string; readonly expression?: string };

export type ForeignKey = { readonly columns: readonly string[]; readonly table: string; readonly references: readonly string[] };

/** A table that holds rows. Partitions are part of the table that they belong to. */
export type Table = {
  /** As rules name it: `customers`, or `schema.customers` outside the default schema. */
  readonly name: string;
  readonly schema: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  /** Column lists that have to stay unique, the primary key among them. */
  readonly unique: readonly (readonly string[])[];
  /** The same of parts that have more such lists than the table: all that such a part has, within which alone they have to stay unique. */
  readonly uniqueInParts?: readonly (readonly (readonly string[])[])[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly estimatedRows: number;
  /** Made of parts that the server puts rows into by itself. */
  readonly partitioned?: boolean;
  readonly comment?: string;
  /** The table is the keys that follow this pattern, in servers that have no tables. */
  readonly keyPattern?: string;
};

export type Catalogue = { readonly database: string; readonly tables: readonly Table[] };

/**
 * Rows as bytes: one line each, fields parted by tabs, `\N` for null, and `\\`, `\t`, `\n`, `\r`, `\b`, `\f`, `\v` escaped
 * (PostgreSQL's COPY text format, which MySQL's LOAD DATA reads as well). Pieces end anywhere.
 */
export type Rows = AsyncIterable<Uint8Array>;

/** One database of a server, in one consistent snapshot for as long as it is open. Failures are `database-failed`, `source-failed`. */
export interface DatabaseReader {
  readonly version: string;
  catalogue(signal: AbortSignal): Promise<Catalogue>;
  /** How texts are encoded in the database, where servers have more than one way. */
  readonly encoding?: string;
  /** Rows of these columns in this order; `where` is a condition in the server's own words. */
  read(table: Table, columns: readonly (string | ReadColumn)[], where: string | undefined, signal: AbortSignal): Rows;
  /** How many rows a table has, or those for which the condition holds. */
  count(table: Table, where: string | undefined, signal: AbortSignal): Promise<number>;
  /** Everything that makes the structure before rows come (types, tables, functions), and after (indexes, constraints, triggers, sequences’ values), as SQL. */
  structure(signal: AbortSignal): Promise<{ readonly before: string; readonly after: string; /** What of the database it has not, in words. */ readonly leftOut?: readonly string[] }>;
  close(): Promise<void>;
}

/** An empty database that is filled and then checked. */
export interface DatabaseWriter {
  readonly version: string;
  execute(sql: string, signal: AbortSignal): Promise<void>;
  write(table: Table, columns: readonly string[], rows: Rows, signal: AbortSignal): Promise<number>;
  /** Makes what tables wait for until all of them have their rows, such as keys. */
  finishTables?(signal: AbortSignal): Promise<void>;
  /** Runs one statement, and answers how many rows it made or changed. */
  change?(sql: string, signal: AbortSignal): Promise<number>;
  /** Every constraint that does not hold, in words; none where all hold. */
  checkConstraints(signal: AbortSignal): Promise<string[]>;
  /** A checksum and the number of rows of each table. */
  checksums(signal: AbortSignal): Promise<Readonly<Record<string, { readonly rows: number; readonly checksum: string }>>>;
  close(): Promise<void>;
}

export type Address = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Opens a connection where the server is on no network; takes the place of host and port. */
  readonly open?: () => Duplex;
  /** How far the connection is encrypted, in PostgreSQL's words; `prefer` where nothing is said. */
  readonly encryption?: 'disable' | 'prefer' | 'require' | 'verify-full';
  /** The server's own programs; needed to read structure. */
  readonly programs?: ServerPrograms;
};

/** Programs of a server's own version, such as `pg_dump`, where they reach that server. */
export type ServerPrograms = {
  /** What a program needs to be told to connect, such as `-h`, `-U`. */
  readonly connection: readonly string[];
  /** Answers what it printed. Fails with `database-failed` where it does not end with 0. */
  run(command: readonly string[], signal: AbortSignal): Promise<string>;
  /** Starts one that is fed by us, on a server of ours. */
  start?(command: readonly string[], signal: AbortSignal): RunningProgram;
};

/** How a kind of server says what keys of chosen rows are put into tables with. Everything else of that is the same for all of them. */
export type KeySql = {
  quote(name: string): string;
  /** A table's name with its schema. */
  name(table: Table): string;
  /** What a table's rows are selected from: its own, and those of its parts. */
  rows(table: Table): string;
  /** What tells a row from all others, as SQL that a table's alias can stand before. */
  rowKey(table: Table): readonly string[];
  /** Whether an index can hold that. */
  isShort(table: Table): boolean;
  /** Whether a part of a table's key and one of a row are the same. */
  same(one: string, other: string, table: Table): string;
  /** Makes an index of columns that refer to others, where the server does not have one by itself. */
  index?(table: Table, columns: readonly string[]): string;
  /** Makes the place that tables of keys have their names in. */
  makePlace(place: string): string;
  /** Tells the server how many rows a table has by now. */
  refresh(table: string): string;
};

/** Connects to servers of one kind. */
export interface DatabaseServers {
  /** Nothing where parts of rows cannot be chosen. */
  readonly keys?: KeySql;
  openReader(address: Address, database: string, signal: AbortSignal): Promise<DatabaseReader>;
  openWriter(address: Address, database: string, signal: AbortSignal): Promise<DatabaseWriter>;
  listDatabases(address: Address, signal: AbortSignal): Promise<string[]>;
  /** Makes an empty database that can hold what another one does; an empty one of that name is taken as it is where it can. */
  createDatabase(address: Address, database: string, like: Pick<DatabaseReader, 'encoding'>, signal: AbortSignal): Promise<void>;
  /** Brings a database that was filled into its best shape to be read: statistics, visibility. */
  settle(address: Address, database: string, signal: AbortSignal): Promise<void>;
  /** The last step on a server that was filled: whoever could not log in until now can, with this password. */
  finish(address: Address, password: string, signal: AbortSignal): Promise<void>;
}

import type { Address, DatabaseReader, DatabaseServers, DatabaseWriter } from '#ports/database.ts';
import { ArchiveReader } from './reader.ts';
import { isOfPeople, readPreludeOf } from './scan-archive.ts';
import { dumpedBy, programsOf, runScript } from './tools.ts';
import { ArchiveWriter } from './writer.ts';

/** Servers of MongoDB, filled and read by the tools of their own image: collections are tables, paths are columns. */
export function createMongoServers(): DatabaseServers {
  return { openReader, openWriter, listDatabases, createDatabase: async () => {}, settle: async () => {}, finish };
}

async function openReader(address: Address, database: string, signal: AbortSignal): Promise<DatabaseReader> {
  return new ArchiveReader({ source: dumpedBy(address), database, version: await versionOf(address, signal) });
}

async function openWriter(address: Address, database: string, signal: AbortSignal): Promise<DatabaseWriter> {
  return new ArchiveWriter({ address, database, version: await versionOf(address, signal) });
}

async function versionOf(address: Address, signal: AbortSignal): Promise<string> {
  return /db version v([\d.]+)/.exec(await programsOf(address).run(['mongod', '--version'], signal))?.[1] ?? '';
}

async function listDatabases(address: Address, signal: AbortSignal): Promise<string[]> {
  const { collections } = await readPreludeOf(dumpedBy(address), undefined, signal);
  return [...new Set(collections.flatMap(({ database, collection }) => (isOfPeople(database, collection) ? [database] : [])))];
}

/** The service's own first user can log in from now on, and everything is in files. */
async function finish(address: Address, password: string, signal: AbortSignal): Promise<void> {
  const { user } = address;
  const login = user === '' ? '' : `db.getSiblingDB("admin").createUser({ user: ${JSON.stringify(user)}, pwd: ${JSON.stringify(password)}, roles: [{ role: "root", db: "admin" }] });\n`;
  await runScript(address, `${login}db.adminCommand({ fsync: 1 });`, signal);
}

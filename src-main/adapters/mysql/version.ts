import type { Connection } from 'mysql2';
import { ask } from './connect.ts';

export type Version = { /** Such as `10.11.6`. */ readonly text: string; readonly isMaria: boolean };

/** Which server this is. */
export async function readVersion(connection: Connection): Promise<Version> {
  const [row] = await ask<{ version: string }>(connection, 'select version() as version');
  const version = row?.version ?? '';
  return { text: /\d+\.\d+(\.\d+)?/.exec(version.replace(/^5\.5\.5-/, ''))?.[0] ?? version, isMaria: /mariadb/i.test(version) };
}

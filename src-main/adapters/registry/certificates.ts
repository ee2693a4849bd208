import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { Tls } from './http.ts';

/** Hosts that Docker speaks to without TLS, or with any certificate, where they do not have a better one: this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || /^127(?:\.\d{1,3}){3}$/.test(name) || name === '[::1]';
}

/** What Docker's own folders hold for a registry: its authority's certificates, and ours for it. */
export function certificatesFor(host: string, folders: readonly string[], insecure: boolean): Tls {
  const ca: string[] = [];
  let [cert, key]: (string | undefined)[] = [];
  for (const folder of folders) {
    const place = join(folder, host);
    for (const file of filesIn(place)) {
      if (file.endsWith('.crt')) ca.push(read(join(place, file)));
      if (file.endsWith('.cert')) [cert, key] = [read(join(place, file)), read(join(place, `${file.slice(0, -5)}.key`))];
    }
  }
  return { verify: !insecure || ca.length > 0, ...(ca.length > 0 && { ca: [...rootCertificates, ...ca] }), ...(cert && key && { cert, key }) };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // As with Docker, what cannot be read is not used; the registry says what it misses.
    return '';
  }
}

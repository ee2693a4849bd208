/** The mirrors that a machine's own package sources name. */
export type Mirrors = { readonly main: string; readonly security: string };

const PUBLIC: Mirrors = { main: 'http://deb.debian.org/debian', security: 'http://deb.debian.org/debian-security' };

/** Reads Debian's mirrors out of source files of either format; Debian's public ones where they name none. */
export function readMirrors(files: readonly string[]): Mirrors {
  const entries = files.flatMap((text) => [...readStanzas(text), ...readLines(text)]).filter(({ uri }) => /^https?:/.test(uri));
  const main = entries.find(({ suite }) => /^(bookworm|trixie|forky|bullseye|stable|sid)$/.test(suite));
  const security = entries.find(({ suite }) => suite.endsWith('-security'));
  return { main: trimmed(main?.uri ?? PUBLIC.main), security: trimmed(security?.uri ?? PUBLIC.security) };
}

type Entry = { readonly uri: string; readonly suite: string };

/** deb822: `URIs:` and `Suites:` in stanzas. */
function readStanzas(text: string): Entry[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.+)$`, 'im').exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
    const uris = field('URIs');
    return field('Suites').flatMap((suite) => uris.map((uri) => ({ uri, suite })));
  });
}

/** One line each: `deb [options] URI SUITE COMPONENT…`. */
function readLines(text: string): Entry[] {
  return [...text.matchAll(/^[ \t]*deb[ \t]+(?:\[[^\]]*\][ \t]*)?(\S+)[ \t]+(\S+)/gm)].map(([, uri = '', suite = '']) => ({ uri, suite }));
}

function trimmed(uri: string): string {
  return uri.replace(/\/+$/, '');
}

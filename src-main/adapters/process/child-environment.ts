/** Exact names that a child process may see; everything else of ours stays with us. */
const NAMES = new Set([
  'PATH', 'HOME', 'LANG', 'LANGUAGE', 'TERM', 'TMPDIR', 'USER', 'LOGNAME', 'SSH_AUTH_SOCK', 'TZ', 'SSL_CERT_FILE', 'SSL_CERT_DIR',
  'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'FTP_PROXY',
  // Windows starts no program without these.
  'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'TEMP', 'TMP', 'USERPROFILE', 'USERNAME', 'HOMEDRIVE', 'HOMEPATH',
  'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES', 'PROGRAMFILES(X86)', 'PROGRAMW6432',
]);

const PREFIXES = ['LC_', 'DOCKER_', 'BUILDKIT_', 'BUILDX_', 'COMPOSE_', 'XDG_'];

/** They would change which project Compose acts on behind our back. */
const NEVER = new Set(['COMPOSE_FILE', 'COMPOSE_PROJECT_NAME', 'COMPOSE_PROFILES', 'COMPOSE_ENV_FILES', 'COMPOSE_PATH_SEPARATOR']);

/** The part of our own variables that a child process is given, with `added` over it. */
export function childEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const kept = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined && isAllowed(entry[0]));
  return { ...Object.fromEntries(kept), ...added };
}

function isAllowed(name: string): boolean {
  const upper = name.toUpperCase();
  return !NEVER.has(upper) && (NAMES.has(upper) || PREFIXES.some((prefix) => upper.startsWith(prefix)));
}

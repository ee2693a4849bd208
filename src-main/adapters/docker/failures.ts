import { BacklotError } from '#contract/errors.ts';
import { DeadlineExceeded } from './deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { EngineRefusal } from './modem.ts';
import { SshFailure } from './ssh-connection.ts';

const UNREACHABLE = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ETIMEDOUT', 'ENOTSOCK', 'ENOTDIR']);
const LOST = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_EOF_STATE']);
const SHORT_OF = new Set(['EMFILE', 'ENFILE']);

/** The error of a call to an engine, as a person can act on it. `doing` completes "could not …". */
export function engineFailure(error: unknown, endpoint: Endpoint, doing: string): BacklotError {
  if (error instanceof BacklotError) return error;
  if (error instanceof DeadlineExceeded) return slow(error, endpoint, doing);
  if (error instanceof EngineRefusal) return refused(error, doing);
  if (error instanceof SshFailure) return sshFailure(error, endpoint);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ENOENT' && endpoint.address.kind === 'ssh') return noSsh(error, endpoint);
  if (UNREACHABLE.has(code)) return unreachable(error, endpoint, code);
  if (code === 'EACCES' || code === 'EPERM') return denied(error, endpoint);
  if (/CERT|TLS|SSL|SELF_SIGNED|EPROTO|UNABLE_TO/.test(code)) return badCertificate(error, endpoint);
  if (LOST.has(code)) return lost(error, endpoint, doing);
  if (SHORT_OF.has(code)) {
    return new BacklotError('engine-failed', `Could not ${doing}: this process may open no more files`, { fix: 'Raise the limit with `ulimit -n 4096`, or close streams.', cause: error });
  }
  return new BacklotError('engine-failed', `Could not ${doing}: ${error instanceof Error ? error.message : String(error)}`, {
    fix: `Check that a Docker engine answers at ${endpoint.url}, and that nothing between changes what it says.`,
    cause: error,
  });
}

function slow(error: DeadlineExceeded, endpoint: Endpoint, doing: string): BacklotError {
  return new BacklotError('engine-slow', `The engine at ${endpoint.url} gave no answer within ${error.milliseconds / 1000} s: could not ${doing}`, {
    fix: `See whether \`docker info\` answers. If it does not, the engine is overloaded or suspended: wait, or restart it. This one was chosen by ${endpoint.rule}.`,
  });
}

function unreachable(error: unknown, endpoint: Endpoint, code: string): BacklotError {
  const why = code === 'ENOENT' ? 'there is no such socket' : code === 'ECONNREFUSED' ? 'nothing listens there' : (error as Error).message;
  const start = endpoint.address.kind === 'unix' ? 'Start Docker (`sudo systemctl start docker`, or the desktop app)' : 'Start the engine there';
  return new BacklotError('engine-unreachable', `No Docker engine at ${endpoint.url}: ${why}`, {
    fix: `${start}, or choose another engine with --context or --host. This one was chosen by ${endpoint.rule}.`,
    cause: error,
  });
}

function denied(error: unknown, endpoint: Endpoint): BacklotError {
  return new BacklotError('engine-denied', `This user may not use the Docker engine at ${endpoint.url}`, {
    fix: 'Join the group that owns the socket (`sudo usermod -aG docker $USER`, then log in again), or use a rootless engine (`dockerd-rootless-setuptool.sh install`).',
    cause: error,
  });
}

function badCertificate(error: unknown, endpoint: Endpoint): BacklotError {
  return new BacklotError('engine-denied', `No TLS connection to the engine at ${endpoint.url}: ${(error as Error).message}`, {
    fix: 'Check the certificates of the context (or DOCKER_CERT_PATH), and that the engine speaks TLS on that port.',
    cause: error,
  });
}

function lost(error: unknown, endpoint: Endpoint, doing: string): BacklotError {
  return new BacklotError('engine-lost', `The connection to the engine at ${endpoint.url} broke: could not ${doing}`, {
    fix: 'See whether the engine still runs (`docker info`), then run the command again: it continues from what is there.',
    cause: error,
  });
}

function noSsh(error: unknown, endpoint: Endpoint): BacklotError {
  return new BacklotError('engine-unreachable', `The engine at ${endpoint.url} is reached through ssh, and there is no ssh program`, {
    fix: 'Install an OpenSSH client, or choose another engine with --context or --host.',
    cause: error,
  });
}

function sshFailure(error: SshFailure, endpoint: Endpoint): BacklotError {
  const refusedEntry = /permission denied|host key verification|authentication/i.test(error.message);
  const target = endpoint.address.kind === 'ssh' ? `${endpoint.address.user ? `${endpoint.address.user}@` : ''}${endpoint.address.host}` : endpoint.url;
  return new BacklotError(refusedEntry ? 'engine-denied' : 'engine-unreachable', `No connection to ${endpoint.url} through ssh: ${error.message}`, {
    fix: refusedEntry
      ? `Run \`ssh ${target}\` once by hand: accept its host key, and have the key in the ssh agent. Backlot never asks.`
      : `Check that \`ssh ${target} docker version\` works.`,
    cause: error,
  });
}

/** The engine tells kinds of failure apart by its text alone, so this is the one place that reads it. */
function refused(error: EngineRefusal, doing: string): BacklotError {
  const { message: said, status } = error;
  const fail = (code: ConstructorParameters<typeof BacklotError>[0], fix: string) => new BacklotError(code, `Could not ${doing}: ${said}`, { fix, cause: error });
  if (/no space left on device|disk quota exceeded/i.test(said)) return fail('disk-full', 'Free space where the engine keeps its data: `docker system df` shows what takes it.');
  if (/port is already allocated|address already in use|ports are not available/i.test(said)) {
    return fail('port-taken', 'Stop what holds the port (`docker ps`, `ss -ltnp`), or give the service another one.');
  }
  if (/no matching manifest|does not match the specified platform/i.test(said)) return fail('image-missing', "The image is not made for this engine's platform: build it, or set `platform:`.");
  if (/access to the resource is denied|pull access denied|unauthorized|authentication required|no basic auth/i.test(said) || (doing.startsWith('pull ') && (status === 401 || status === 403))) {
    return fail('image-denied', 'Check the name, and log in to its registry with `docker login`.');
  }
  if (/no such image|manifest unknown|manifest for .* not found|repository .* not found/i.test(said)) return fail('image-missing', 'Check the name and the tag, or build the image.');
  if (/client version .* is too (old|new)/i.test(said)) return fail('engine-too-old', 'Use an engine with Docker API 1.41 (Docker 20.10) or newer.');
  if (/HTTP request to an HTTPS server/i.test(said)) return fail('engine-denied', 'The engine speaks TLS: set DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, or use a context with certificates.');
  if ((/is not running|is paused|is restarting/i.test(said) && status === 409) || /cannot exec in a (stopped|paused) (state|container)/i.test(said)) return fail('not-running', 'Start the service first.');
  return fail('engine-failed', hintOf(said));
}

function hintOf(said: string): string {
  if (/executable file not found|no such file or directory.*unknown|exec format error/i.test(said)) return "The container's command cannot be run: check `command:`, `entrypoint:` and the image's platform.";
  if (/could not find an available.*(address|subnet)|address pool/i.test(said)) return 'The engine has no free networks: remove unused ones (`docker network prune`), or widen default-address-pools.';
  if (/oci runtime|mount/i.test(said)) return "Check the service's mounts, devices and limits against what the engine says.";
  return "The engine's own log tells more (`journalctl -u docker`).";
}

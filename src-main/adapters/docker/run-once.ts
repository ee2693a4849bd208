import type { ExecResult, OneOff } from '#ports/container-engine.ts';
import { callEngine, changing, fail } from './calls.ts';
import type { Connection } from './connection.ts';
import { removeContainer, startContainer } from './containers.ts';
import { readLogs } from './logs.ts';

const RUN = 'run a command beside the container';
/** Milliseconds that the command may take. */
const LIMIT = 60_000;
const KEPT_OUTPUT = 64 * 1024;

/** Runs a command in a container of its own in another one's network; the container is removed in every outcome. */
export async function runOnce(connection: Connection, { image, command, networkOf, labels }: OneOff, signal: AbortSignal): Promise<ExecResult> {
  const body = {
    Image: image,
    Entrypoint: [],
    Cmd: command,
    Labels: labels,
    HostConfig: { NetworkMode: `container:${networkOf}`, ReadonlyRootfs: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] },
  };
  const made = await callEngine(connection, changing(RUN), signal, (modem, until) => modem.call({ method: 'POST', path: '/containers/create', body }, until));
  const id = (made as { readonly Id?: string }).Id ?? '';
  try {
    await startContainer(connection, id, signal);
    const ended = await callEngine(connection, { doing: RUN, deadline: LIMIT }, signal, (modem, until) => modem.call({ method: 'POST', path: `/containers/${id}/wait` }, until));
    return { exitCode: (ended as { readonly StatusCode?: number }).StatusCode ?? 0, output: await outputOf(connection, id, signal) };
  } catch (error) {
    throw fail(connection, error, RUN);
  } finally {
    await removeContainer(connection, id, true, AbortSignal.timeout(LIMIT)).catch(() => {});
  }
}

async function outputOf(connection: Connection, id: string, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  let length = 0;
  for await (const chunks of readLogs(connection, id, { follow: false }, signal)) {
    for (const { line } of chunks) {
      if (length > KEPT_OUTPUT) continue;
      length += line.length;
      lines.push(Buffer.from(line).toString('utf8'));
    }
  }
  return lines.join('\n');
}

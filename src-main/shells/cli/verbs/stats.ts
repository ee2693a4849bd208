import type { ServiceStats, StatsSample } from '#contract/stack.ts';
import { flag } from '../command.ts';
import type { Context } from '../context.ts';
import { printDocument, printEvent } from '../print-json.ts';
import { formatBytes } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';
import { readTarget } from '../target.ts';

/** One sample, or samples until interrupted, drawn in place where there is a terminal. */
export async function run(context: Context): Promise<number> {
  const { given, globals, interrupts, data, dataScreen } = context;
  const follow = flag(given, 'follow');
  const session = await context.openSession();
  const { directory, set } = await readTarget(context, session);
  const samples = session.backlot.stack.stats({ directory, ...(set !== undefined && { set }), follow }, interrupts.signal);
  const region = follow && !globals.json ? context.live('data') : undefined;
  let latest: StatsSample | undefined;
  try {
    for await (const sample of samples) {
      if (region && !latest) region.start((screen) => (latest ? showSample(latest, screen).trimEnd().split('\n') : []));
      latest = sample;
      if (globals.json && follow) await printEvent(data, { type: 'stats', ...sample }, context);
      else if (globals.json) await printDocument(data, sample, context);
      else if (!region) await data.write(showSample(sample, dataScreen));
      if (!follow) break;
    }
  } finally {
    region?.stop();
  }
  return interrupts.signal.aborted ? interrupts.exitCode : 0;
}

function showSample({ set, services }: StatsSample, screen: Screen): string {
  if (services.length === 0) return `Nothing of ${set} runs\n`;
  const right = (title: string) => ({ title, align: 'right' as const });
  return layOutTable(
    [{ title: 'SERVICE' }, right('CPU'), right('MEMORY'), right('LIMIT'), right('RECEIVED'), right('SENT'), right('READ'), right('WRITTEN')],
    services.map((service) => ({ cells: cellsOf(service) })),
    screen,
  );
}

function cellsOf({ service, cpu, memory, memoryLimit, networkReceived, networkSent, blockRead, blockWritten }: ServiceStats): string[] {
  return [
    service,
    `${(cpu * 100).toFixed(1)} %`,
    formatBytes(memory),
    memoryLimit === undefined ? '-' : formatBytes(memoryLimit),
    ...[networkReceived, networkSent, blockRead, blockWritten].map(formatBytes),
  ];
}

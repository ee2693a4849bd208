import type { Plan } from '#contract/stack.ts';
import { count, formatBytes } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { formatPort } from './config.ts';

/** What `up` would do and why, for people. */
export function show(plan: Plan, screen: Screen): string {
  const { paint, symbols, clean } = screen;
  const sections = [
    { mark: paint.green('+'), verb: 'create', steps: plan.create },
    { mark: paint.yellow('~'), verb: 'recreate', steps: plan.recreate },
    { mark: paint.green('>'), verb: 'start', steps: plan.start },
    { mark: paint.red('-'), verb: 'remove', steps: plan.remove },
  ];
  const changes = sections.flatMap(({ mark, verb, steps }) => steps.map((step) => ({ mark, verb, ...step })));
  const width = Math.max(0, ...changes.map((change) => change.service.length));
  const lines = [
    `${paint.bold(plan.set)}  ${paint.dim(changes.length === 0 ? 'nothing to do' : count(changes.length, 'change'))}`,
    ...changes.map(({ mark, verb, service, why }) => `  ${mark} ${verb.padEnd(8)}  ${service.padEnd(width)}  ${paint.dim(clean(why))}`),
    ...(plan.unchanged.length > 0 ? [paint.dim(`  = unchanged ${plan.unchanged.join(', ')}`)] : []),
    ...withTitle('ports', plan.ports.filter((port) => port.host !== undefined), paint, (port) => {
      const taken = port.takenBy ? `  ${paint.red(`${symbols.bad} taken by ${clean(port.takenBy)}`)}` : '';
      return `${port.service}  ${formatPort(port)}${taken}`;
    }),
    ...withTitle('images', plan.images.filter((image) => image.action !== 'present'), paint, (image) => `${image.action}  ${clean(image.image)}  ${paint.dim(image.services.join(', '))}`),
    ...(plan.memory ? ['', `${paint.bold('memory')}  ${memoryText(plan.memory, screen)}`] : []),
    ...plan.warnings.map((warning) => paint.yellow(`${symbols.warning} ${clean(warning)}`)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function withTitle<Item>(title: string, items: readonly Item[], paint: Screen['paint'], format: (item: Item) => string): string[] {
  return items.length === 0 ? [] : ['', paint.bold(title), ...items.map((item) => `  ${format(item)}`)];
}

function memoryText({ expected, available }: NonNullable<Plan['memory']>, { paint, symbols }: Screen): string {
  const text = `about ${formatBytes(expected)}`;
  if (available === undefined) return text;
  const fits = expected <= available;
  return fits ? `${text} ${paint.dim(`of ${formatBytes(available)} that the engine has free`)}` : paint.yellow(`${symbols.warning} ${text}, and the engine has ${formatBytes(available)} free`);
}

import type { PortMapping, ProjectView, SetView } from '#contract/project.ts';
import { count } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

/** The project as it is understood, for people. Holds no values of variables. */
export function show(project: ProjectView, screen: Screen): string {
  const { paint, symbols, clean } = screen;
  const facts = [
    ['file', project.file],
    ['compose', project.compose.join(', ')],
    ['components', project.components.map(({ name, directory }) => `${name} (${directory})`).join(', ')],
    ['suffixes', project.suffixes.join(', ')],
    ['stages', project.stages.join(', ')],
    ['fixtures', project.fixtures.join(', ')],
    ['targets', project.targets.join(', ')],
  ].filter(([, value]) => value);
  const components = project.components.length > 0;
  const members = new Set(project.sets.flatMap((set) => set.members.map((member) => member.service)));
  return [
    `${paint.bold(project.name)}\n`,
    ...facts.map(([label = '', value = '']) => `  ${paint.dim(label.padEnd(10))} ${clean(value)}\n`),
    ...project.warnings.map((warning) => `${paint.yellow(`${symbols.warning} ${clean(warning)}`)}\n`),
    ...project.sets.map((set) => showSet(set, set.name === project.defaultSet, screen)),
    `\n${paint.bold('services')}\n`,
    layOutTable(
      [{ title: 'SERVICE' }, ...(components ? [{ title: 'COMPONENT' }] : []), { title: 'KIND' }, { title: 'IMAGE', yields: true }, { title: 'PORTS' }, { title: 'NEEDS', yields: true }, { title: 'NAMES', yields: true }],
      project.services
        .filter((service) => members.has(service.name) || project.sets.length > 1)
        .map((service) => ({
          cells: [
            service.name,
            ...(components ? [service.component ?? ''] : []),
            service.kind,
            service.build ? `${service.image} (built)` : service.image,
            service.ports.map(formatPort).join(', '),
            service.dependsOn.map((dependency) => dependency.service).join(', '),
            service.names.join(', '),
          ].map((cell) => clean(cell)),
        })),
      screen,
    ),
  ].join('');
}

function showSet({ name, addresses, members, environment }: SetView, isDefault: boolean, screen: Screen): string {
  const { paint } = screen;
  const facts = [isDefault ? 'default' : '', `addresses: ${addresses}`, count(members.length, 'service'), environment.length > 0 ? `sets ${environment.join(', ')}` : ''];
  const width = Math.max(0, ...members.map((member) => member.service.length));
  return [
    `\n${paint.bold(name)}  ${paint.dim(facts.filter(Boolean).join(`, `))}\n`,
    ...members.map((member) => `  ${member.service.padEnd(width)}  ${paint.dim(screen.clean(member.because))}\n`),
  ].join('');
}

/** A port as people write it: where it is reached, then the container's own. */
export function formatPort({ container, host, address, protocol }: PortMapping): string {
  const suffix = protocol === 'tcp' ? '' : `/${protocol}`;
  if (host === undefined) return `${container}${suffix}`;
  const where = !address || address === '0.0.0.0' || address === '127.0.0.1' ? '' : `${address.includes(':') ? `[${address}]` : address}:`;
  return `${where}${host === container ? host : `${host}:${container}`}${suffix}`;
}

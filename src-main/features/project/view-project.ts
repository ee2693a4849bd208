import type { PortMapping, ProjectView, ServiceView, StageView } from '#contract/project.ts';
import type { ResolvedService } from '#ports/compose.ts';
import type { Project, Service } from './project.ts';
import type { StageFile } from './schema/stage-schema.ts';

/** The project as shells show it: no values of variables. */
export function viewProject(project: Project): ProjectView {
  return {
    schema: 1,
    name: project.name,
    directory: project.directory,
    file: project.file,
    compose: [...project.composeFiles],
    components: project.components.map(({ name, directory, services }) => ({ name, directory, services: [...services] })),
    suffixes: [...project.suffixes],
    defaultSet: project.defaultSet,
    sets: Object.values(project.sets).map((set) => ({
      name: set.name,
      addresses: set.addresses,
      composeProject: set.composeProject,
      members: set.services.map((service) => ({ service, because: set.because[service] ?? '' })),
      standIns: Object.fromEntries(Object.entries(set.standIns).map(([owner, names]) => [owner, [...names]])),
      environment: Object.keys(set.environment),
      ...(set.fixture !== undefined && { fixture: set.fixture }),
    })),
    services: Object.values(project.services).map(viewService),
    stages: [...project.stages],
    stageViews: Object.entries(project.stageFiles).map(([name, stage]) => viewStage(name, stage)),
    fixtures: [...project.fixtures],
    targets: [...project.targets],
    ...(project.registry !== undefined && { registry: project.registry }),
    warnings: [...project.warnings],
  };
}

function viewStage(name: string, { needs = [], services = [], fixture, browser, against }: StageFile): StageView {
  return { name, needs: [...needs], services: [...services], ...(fixture !== undefined && { fixture }), ...(browser && { browser }), ...(against && { against }) };
}

function viewService({ name, kind, image, build, dependsOn, names, resolved, component }: Service): ServiceView {
  const healthcheck = resolved.healthcheck !== undefined && resolved.healthcheck.disable !== true && resolved.healthcheck.test?.[0] !== 'NONE';
  return { name, kind, image, build, dependsOn: [...dependsOn], ports: portsOf(resolved), names: [...names], healthcheck, ...(component !== undefined && { component }) };
}

function portsOf(resolved: ResolvedService): PortMapping[] {
  const published = (resolved.ports ?? []).map((port): PortMapping => {
    const host = Number(port.published);
    return {
      container: port.target,
      ...(Number.isInteger(host) && host > 0 && { host }),
      ...(port.host_ip && { address: port.host_ip }),
      protocol: port.protocol === 'udp' ? 'udp' : 'tcp',
    };
  });
  const exposed = (resolved.expose ?? []).flatMap((entry): PortMapping[] => {
    const [number = '', protocol] = entry.split('/');
    const container = Number(number);
    const known = published.some((port) => port.container === container);
    return Number.isInteger(container) && !known ? [{ container, protocol: protocol === 'udp' ? 'udp' : 'tcp' }] : [];
  });
  return [...published, ...exposed];
}

import type { Dependency, ProjectView, ServiceView, SetView } from '#contract/project.ts';
import type { ServiceStatus } from '#contract/stack.ts';

/** A service as the project describes it: what it needs, healthy unless `name:condition` says otherwise. */
export function service(name: string, needs: readonly string[] = [], more: Partial<ServiceView> = {}): ServiceView {
  const dependsOn = needs.map((need) => {
    const [other = '', condition = 'healthy'] = need.split(':');
    return { service: other, condition: condition as Dependency['condition'], required: true };
  });
  return { name, kind: 'other', image: 'image:1', build: false, dependsOn, ports: [], names: [name], healthcheck: false, ...more };
}

/** A project of one set that has all of these services. */
export function projectOf(services: readonly ServiceView[], more: Partial<SetView> = {}): { readonly project: ProjectView; readonly set: SetView } {
  const set: SetView = { name: 'minimal', addresses: 'localhost', composeProject: 'p', members: services.map(({ name }) => ({ service: name, because: 'chosen by the set' })), standIns: {}, environment: [], ...more };
  const project: ProjectView = {
    schema: 1, name: 'p', directory: '/p', file: '/p/backlot.yaml', compose: [], components: [], suffixes: [], defaultSet: 'minimal', sets: [set], services: [...services], stages: [], stageViews: [], fixtures: [], targets: [], warnings: [],
  };
  return { project, set };
}

/** What the engine says of a service. */
export function status(name: string, state: ServiceStatus['state'], more: Partial<ServiceStatus> = {}): ServiceStatus {
  return { name, state, image: 'image:1', names: [name], addresses: {}, ports: [], restarts: 0, ...more };
}

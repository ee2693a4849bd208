import { connectionUrl, KIND_PORTS, variablesOf } from '#features/project/connections.ts';
import type { Service } from '#features/project/project.ts';
import type { StageFile } from '#features/project/schema/stage-schema.ts';
import { SUITE_VARIABLES } from './suite-engine.ts';

/** Where the stage reaches a port of a service. */
export type Reached = { readonly service: string; readonly host: string; readonly port: number };

type Known = { readonly run: string; readonly stage: string; readonly revision: string | undefined; readonly file: StageFile; readonly reached: readonly Reached[]; readonly selenium: string | undefined };

/** The environment of a stage: only what is declared. Pure. */
export function stageVariables(services: Readonly<Record<string, Service>>, { run, stage, revision, file, reached, selenium }: Known): Record<string, string> {
  return {
    CI: 'true',
    BACKLOT_RUN: run,
    BACKLOT_STAGE: stage,
    ...(revision !== undefined && { BACKLOT_REVISION: revision }),
    ...Object.assign({}, ...Object.values(services).map((service) => addressOf(service, reached))),
    ...(selenium !== undefined && { SELENIUM_REMOTE_URL: selenium }),
    ...(file.engine === true && SUITE_VARIABLES),
    ...file.environment,
  };
}

/** As `backlot env` prints them, for a program in the run. */
function addressOf(service: Service, reached: readonly Reached[]): Record<string, string> {
  const own = reached.filter((one) => one.service === service.name);
  const main = own.find(({ port }) => port === KIND_PORTS[service.kind]) ?? own[0];
  if (!main) return {};
  const prefix = service.name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  const url = connectionUrl(service.kind, main, variablesOf(service.resolved));
  return { [`${prefix}_HOST`]: main.host, [`${prefix}_PORT`]: String(main.port), ...(url !== undefined && { [`${prefix}_URL`]: url }) };
}

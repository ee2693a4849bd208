import type { KpiSources } from '#ports/kpi-source.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';
import { readCommand } from './command-kpi.ts';
import { readHaproxy } from './haproxy-kpi.ts';
import { readHttp } from './http-kpi.ts';
import { readPrometheus } from './prometheus-kpi.ts';

/** The sources that a watch can read. */
export function createKpiSources({ processes }: { readonly processes: ProcessRunner }): KpiSources {
  return {
    async open(query, text) {
      switch (query.kind) {
        case 'http':
          return readHttp(await text(query.url, 'The address of the check'), query);
        case 'prometheus':
          return readPrometheus(await text(query.url, 'The address of Prometheus'), query.query, query.former);
        case 'haproxy':
          return readHaproxy(query);
        case 'command':
          return readCommand(query, processes);
        default:
          return query satisfies never;
      }
    },
  };
}

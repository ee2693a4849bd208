import type { RunSummary, StageInputs } from '#contract/runs.ts';

export type Difference = { readonly stage?: string; readonly what: string; readonly a?: string; readonly b?: string };

/** How the inputs of two runs differ: what is the same is not told, values of variables never. Pure. */
export function compareRuns(a: RunSummary, b: RunSummary): Difference[] {
  const names = [...new Set([...a.stages, ...b.stages].map(({ name }) => name))];
  const stageIn = ({ stages }: RunSummary, name: string) => stages.find((stage) => stage.name === name);
  return [
    ...differ('revision', a.revision, b.revision),
    ...differ('image', a.image, b.image),
    ...differ('image digest', a.digest, b.digest),
    ...names.flatMap((name) => {
      const [one, other] = [stageIn(a, name), stageIn(b, name)];
      if (!one || !other) return [{ stage: name, what: 'stage', ...(one && { a: one.state }), ...(other && { b: other.state }) }];
      return [...differ('outcome', one.state, other.state), ...inputs(one.inputs, other.inputs)].map((difference) => ({ stage: name, ...difference }));
    }),
  ];
}

function inputs(a: StageInputs | undefined, b: StageInputs | undefined): Difference[] {
  if (!a || !b) return [];
  return [
    ...differ('image', a.image, b.image),
    ...differ('image digest', a.digest, b.digest),
    ...differ('command', a.command.join(' '), b.command.join(' ')),
    ...differ('fixture', a.fixture, b.fixture),
    ...differ('browser', a.browser, b.browser),
    ...differ('network', a.network, b.network),
    ...differ('input files', a.files, b.files),
    ...differ('mounted files', a.mounted, b.mounted),
    ...differ('what is declared', a.declared, b.declared),
    ...differ('engine', a.engine, b.engine),
    ...differ('Backlot', a.backlot, b.backlot),
    ...records('variable', a.environment, b.environment),
    ...records('image of', a.services, b.services),
  ];
}

function records(what: string, a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): Difference[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().flatMap((name) => differ(`${what} ${name}`, a[name], b[name]));
}

function differ(what: string, a: string | undefined, b: string | undefined): Difference[] {
  return a === b ? [] : [{ what, ...(a !== undefined && { a }), ...(b !== undefined && { b }) }];
}

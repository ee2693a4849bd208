import { BacklotError, toFailure } from '#contract/errors.ts';
import type { KpiOutcome, StageProof } from '#contract/releases.ts';
import { millisecondsOf } from '#core/duration.ts';
import type { Work } from '#core/work.ts';
import { LABELS } from '#ports/container-engine.ts';
import type { DeployOrder } from '#ports/deployer.ts';
import { attachEvidence } from './evidence/attach-evidence.ts';
import type { ReleasePorts } from './hold-target.ts';
import { storedImage } from './image-facts.ts';
import type { Aim } from './look.ts';
import type { PromotedImage } from './target-records.ts';

const TIMEOUT = 10 * 60_000;

type Released = { readonly aim: Aim; readonly image: Pick<PromotedImage, 'name'> };

/** Runs the stages that the target asks for after a deployment, one after the other until one fails. What passed is evidence of the image on this target, and what failed takes that away. */
export async function runAfter(released: Released, order: DeployOrder, ports: ReleasePorts, work: Work): Promise<KpiOutcome[]> {
  const { aim } = released;
  const outcomes: KpiOutcome[] = [];
  const ended: StageProof[] = [];
  for (const name of aim.target.after ?? []) {
    const began = performance.now();
    const problem = await runStage(name, { aim, order }, ports, work);
    const seconds = Math.round(performance.now() - began) / 1000;
    work.tell({ type: 'stage', stage: name, run: order.release, state: problem === undefined ? 'passed' : 'failed', seconds, ...(problem !== undefined && { why: problem }) });
    outcomes.push({ check: `stage ${name}`, verdict: problem === undefined ? 'pass' : 'fail', samples: 1, bound: 'passes', ...(problem !== undefined && { why: problem }) });
    ended.push({ stage: name, run: order.release, tests: 0, failures: 0, skipped: 0, seconds, time: new Date().toISOString(), where: ports.who, on: aim.name, ...(problem !== undefined && { passed: false }) });
    if (problem !== undefined) break;
  }
  if (ended.length > 0) await note(released, order, ended, work.signal);
  return outcomes;
}

/** Why a stage did not pass, if so. */
async function runStage(name: string, { aim, order }: { readonly aim: Aim; readonly order: DeployOrder }, { stages, redactor }: ReleasePorts, { signal, tell }: Work): Promise<string | undefined> {
  const file = aim.declared.stages?.[name];
  if (!file) throw new BacklotError('config-invalid', `There is no stage ${name}, which ${aim.name} wants after a deployment`, { where: { file: aim.declared.file }, fix: `Write it: stages: { ${name}: { run: …, against: target } }` });
  tell({ type: 'stage', stage: name, run: order.release, state: 'running' });
  const { revision, target, release, image } = order;
  const given = Object.fromEntries(Object.entries(file.environment ?? {}).map(([key, value]) => [key, String(value ?? '')]));
  const stage = {
    image: file.image ?? image,
    command: typeof file.run === 'string' ? ['sh', '-c', file.run] : file.run,
    environment: { CI: 'true', BACKLOT_STAGE: name, BACKLOT_REVISION: revision, BACKLOT_TARGET: target, TARGET: target, REVISION: revision, RELEASE: release, ...given },
    labels: { [LABELS.project]: aim.declared.name, [LABELS.run]: release, [LABELS.stage]: name },
    directory: file.directory,
    timeout: file.timeout === undefined ? TIMEOUT : millisecondsOf(file.timeout),
  };
  let last = '';
  const onLine = (line: string) => {
    last = redactor.redact(line).trim() || last;
    tell({ type: 'message', level: 'info', text: `${name}: ${redactor.redact(line)}` });
  };
  try {
    const { exitCode } = await stages.run(stage, onLine, signal);
    return exitCode === 0 ? undefined : `it ended with ${exitCode}: ${last}`;
  } catch (error) {
    if (signal.aborted) throw error;
    return toFailure(error).message;
  }
}

async function note({ aim: { repository, declared, keys }, image: { name } }: Released, { image, revision }: DeployOrder, stages: StageProof[], signal: AbortSignal): Promise<void> {
  const stored = await storedImage(repository, image.slice(image.indexOf('@') + 1), signal);
  if (stored) await attachEvidence(repository, { subject: stored.descriptor, content: { project: declared.name, id: stored.ids[0] ?? stored.descriptor.digest, revision: name ?? revision, stages }, key: keys.own }, signal);
}

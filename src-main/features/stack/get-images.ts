import { BacklotError } from '#contract/errors.ts';
import type { Plan } from '#contract/stack.ts';
import type { Work } from '#core/work.ts';
import type { Compose, ComposeModel } from '#ports/compose.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';

/** Pulls at a time; the engine itself takes three layers of each. */
const PULLS_AT_ONCE = 4;

/** Pulls and builds what a plan lacks, telling each service's progress. Images that cannot be had are named all at once. */
export async function getImages(
  images: Plan['images'],
  model: () => Promise<ComposeModel>,
  task: { readonly engine: ContainerEngine; readonly compose: Compose } & Work,
): Promise<void> {
  const toPull = images.filter((image) => image.action === 'pull');
  const toBuild = images.filter((image) => image.action === 'build').flatMap((image) => image.services);
  const waiting = [...toPull];
  const failures = new Map<string, BacklotError>();
  const puller = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { image } = next;
      await pull(next, task.engine, task).catch((error: unknown) => failures.set(image, imageFailure(error)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(PULLS_AT_ONCE, toPull.length) }, puller));
  refuse(toPull.flatMap(({ image }) => failures.get(image) ?? []));
  if (toBuild.length > 0) await build(toBuild, await model(), task.compose, task);
}

/** A failure that is an image's own: the others may still be had. Anything else ends the work. */
function imageFailure(error: unknown): BacklotError {
  if (error instanceof BacklotError && error.code.startsWith('image-')) return error;
  throw error;
}

function refuse([first, ...others]: readonly BacklotError[]): void {
  if (!first) return;
  const also = others.map(({ message, fix }) => ({ message, ...(fix !== undefined && { fix }) }));
  throw also.length === 0 ? first : new BacklotError(first.code, first.message, { fix: first.fix, cause: first.cause, also });
}

async function pull({ image, services }: Plan['images'][number], engine: ContainerEngine, work: Work): Promise<void> {
  const tellAll = (phase: string, done?: number, total?: number) => {
    for (const service of services) {
      const progress = done === undefined ? undefined : { done, ...(total !== undefined && total > 0 && { total }), unit: 'bytes' as const };
      work.tell({ type: 'service', service, state: 'pulling', phase, ...(progress && { progress }) });
    }
  };
  tellAll(image);
  await engine.pullImage(image, ({ phase, done, total }) => tellAll(`${image}: ${phase}`, done, total), work.signal);
}

async function build(services: readonly string[], model: ComposeModel, compose: Compose, work: Work): Promise<void> {
  for (const service of services) work.tell({ type: 'service', service, state: 'building' });
  const onLine = (line: string) => {
    const step = buildStep(line);
    if (!step) return;
    const about = services.filter((service) => step.text.includes(`[${service} `));
    for (const service of about.length > 0 ? about : services) work.tell({ type: 'service', service, state: 'building', phase: step.text });
  };
  await compose.build(model, services, onLine, work.signal);
}

/** A step of BuildKit's plain progress, such as "#7 [api 2/5] RUN npm ci"; other lines say nothing new. */
function buildStep(line: string): { readonly text: string } | undefined {
  const match = /^#\d+ (\[.+)$/.exec(line.trim());
  return match?.[1] === undefined ? undefined : { text: match[1].slice(0, 120) };
}

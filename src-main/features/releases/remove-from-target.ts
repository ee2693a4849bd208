import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import type { Deployer } from '#ports/deployer.ts';
import { holdTarget, type ReleasePorts } from './hold-target.ts';
import { takeAim } from './look.ts';
import { readReleases, writeRelease } from './target-records.ts';

/** Takes away what releases put on a target, where Backlot made it. What is recorded of them stays. */
export async function removeFromTarget(input: { readonly directory: string; readonly target: string }, ports: ReleasePorts, work: Work): Promise<{ target: string; removed: string[] }> {
  const aim = await takeAim(input, ports);
  const [kind = 'nothing', settings] = Object.entries(aim.target.deploy ?? {})[0] ?? [];
  const deployer = (ports.deployers as Readonly<Record<string, Deployer<unknown> | undefined>>)[kind];
  const remove = deployer?.remove?.bind(deployer);
  if (!remove) throw new BacklotError('config-invalid', `What is on ${aim.name} was made by ${kind}, not by Backlot itself`, { where: { file: aim.declared.file }, fix: 'Remove it there: docker stack rm, kubectl delete, or what your script does.' });
  return holdTarget({ aim, reason: 'takes it away' }, ports, work, async (held) => {
    const removed = [...(await remove(settings, { project: aim.declared.name, target: aim.name }, held))];
    const [latest] = await readReleases(aim, held.signal);
    if (latest) await writeRelease(aim, { ...latest, removed: true }, held.signal);
    return { target: aim.name, removed };
  });
}

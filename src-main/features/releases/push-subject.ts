import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import { storedImage, type StoredImage } from './image-facts.ts';
import type { Aim, LookPorts, Subject } from './look.ts';

const MOST_TRIES = 3;

/** Pushes the tested image itself, and proves that the registry has exactly that. */
export async function pushSubject({ aim, subject, tag }: { readonly aim: Aim; readonly subject: Subject; readonly tag: string }, { engine }: LookPorts, { signal, tell }: Work): Promise<StoredImage> {
  const { repository } = aim;
  const name = `${repository.name}:${tag}`;
  await engine.tagImage(subject.id, name, signal);
  const onProgress = ({ done, total }: { done: number; total: number }) => tell({ type: 'progress', phase: 'push', about: name, done, total, unit: 'bytes' });
  const said = await pushSteadily(() => engine.pushImage(name, onProgress, signal), { signal, tell });
  const [stored, byTag] = await Promise.all([storedImage(repository, said, signal), repository.findManifest(tag, signal)]);
  if (!stored?.ids.includes(subject.id)) throw new BacklotError('registry-failed', `What the registry stored as ${said} is not the tested image ${subject.id}`, { fix: 'Somebody tagged another image here meanwhile, or something on the way changes content: promote it again.' });
  if (byTag?.digest !== said) throw new BacklotError('registry-failed', `Somebody moved the tag ${name} meanwhile: it is ${byTag?.digest ?? 'gone'} now, not ${said}`, { fix: 'Find out who builds the same revision, then promote it again.' });
  return stored;
}

/** What arrived is kept by the registry, so a further try sends only the rest. */
async function pushSteadily(push: () => Promise<string>, { signal, tell }: Pick<Work, 'signal' | 'tell'>): Promise<string> {
  for (let tries = 1; ; tries++) {
    try {
      return await push();
    } catch (error) {
      const passes = error instanceof BacklotError && error.code === 'registry-failed' && /EOF|reset|refused|timeout|timed out|50[0-9]|429|unexpected/i.test(error.message);
      if (!passes || signal.aborted || tries >= MOST_TRIES) throw error;
      // The engine has tried often by then, which may have taken a minute.
      tell({ type: 'message', level: 'warning', text: `${error.message}. It is tried again` });
    }
  }
}

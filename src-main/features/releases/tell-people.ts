import { toFailure } from '#contract/errors.ts';
import { readSecret } from '#core/read-secret.ts';
import { timeLimit } from '#core/time-limit.ts';
import type { Work } from '#core/work.ts';
import type { News } from '#ports/notifier.ts';
import type { Declared } from './declared.ts';
import type { ReleasePorts } from './hold-target.ts';

const LIMIT = 20_000;

/** Tells everybody who wants to know. A receiver that does not take the message is warned of, and changes nothing else. */
export async function tellPeople(declared: Declared, news: Omit<News, 'project'>, { notify, secrets, redactor }: Pick<ReleasePorts, 'notify' | 'secrets' | 'redactor'>, { tell }: Pick<Work, 'tell'>): Promise<void> {
  const receivers = (declared.notify ?? []).filter(({ on, github }) => github !== undefined || on === undefined || on.includes(news.event));
  const secret = async (reference: Parameters<typeof readSecret>[0], what: string) => {
    const text = (await readSecret(reference, what, secrets)).reveal();
    redactor.add(text);
    return text;
  };
  await Promise.all(
    receivers.map(async (receiver) => {
      try {
        await notify(receiver, { ...news, project: declared.name, ...(news.reason !== undefined && { reason: redactor.redact(news.reason) }) }, secret, timeLimit(LIMIT));
      } catch (error) {
        const name = Object.keys(receiver).find((key) => key !== 'on') ?? 'a receiver';
        tell({ type: 'message', level: 'warning', text: `${name} was not told: ${redactor.redact(toFailure(error).message)}` });
      }
    }),
  );
}

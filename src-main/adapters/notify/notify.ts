import { BacklotError } from '#contract/errors.ts';
import type { News, Notify, Receiver } from '#ports/notifier.ts';
import { send } from '#adapters/deploy/send.ts';
import { tellGithub } from './github.ts';

/** Slack, Rocket.Chat and GitHub, each in its own words. */
export const notify: Notify = async (receiver, news, secret, signal) => {
  if (receiver.github) return tellGithub({ ...receiver, ...receiver.github, token: await secret(receiver.github.token, 'The token for GitHub') }, news, signal);
  return post(receiver, textOf(news), secret, signal);
};

/** Posts a text to the webhook of Slack or Rocket.Chat. */
export async function post(receiver: Receiver, text: string, secret: Parameters<Notify>[2], signal: AbortSignal): Promise<void> {
  const [name, reference] = receiver.slack ? ['Slack', receiver.slack] : ['Rocket.Chat', receiver.rocketchat ?? {}];
  const url = await secret(reference, `The webhook of ${name}`);
  const body = JSON.stringify({ text: escaped(text), ...(name === 'Rocket.Chat' && { alias: 'Backlot' }) });
  const { status } = await send({ url, method: 'POST', headers: { 'content-type': 'application/json' }, body }, name, signal);
  if (status >= 300) throw new BacklotError('deploy-failed', `${name} answers ${status} to the message`, { fix: 'Check its webhook.' });
}

/** Both take <, > and & for mark-up. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Everything that somebody who was not there needs: target, revision, digest, who, verdict, link. */
function textOf({ event, project, target, revision, digest, who, verdict, previous, reason, link, automatic }: News): string {
  const what = {
    promote: `promoted ${short(revision)} of ${project} to ${target}`,
    deploy: `deploys ${short(revision)} of ${project} to ${target}`,
    pass: `released ${short(revision)} of ${project} on ${target}`,
    fail: verdict === 'inconclusive' ? `released ${short(revision)} of ${project} on ${target}, and whether it is well could not be told: it stays` : `could not release ${short(revision)} of ${project} on ${target}`,
    rollback: `${automatic ? 'was rolled back by itself' : 'rolled back'} to ${short(revision)} of ${project} on ${target}`,
  }[event];
  const lines = [
    `${automatic ? `The release of ${who}` : who} ${what}`,
    ...(verdict === undefined ? [] : [`Verdict: ${verdict}`]),
    ...(previous === undefined ? [] : [`Before: ${short(previous)}`]),
    ...(reason === undefined ? [] : [`Why: ${reason}`]),
    `Digest: ${digest}`,
    ...(link === undefined ? [] : [link]),
  ];
  return lines.join('\n');
}

const short = (revision: string) => revision.slice(0, 12);

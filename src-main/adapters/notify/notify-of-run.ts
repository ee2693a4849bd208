import type { NotifyOfRun, RunNews } from '#ports/notifier.ts';
import { writeStatus } from './github.ts';
import { post } from './notify.ts';

/** Of stages GitHub is told, at the commit; of whole runs people are. */
export const notifyOfRun: NotifyOfRun = async (receiver, news, secret, signal) => {
  if (receiver.github === undefined) return news.event === 'stage' ? undefined : post(receiver, textOfRun(news), secret, signal);
  if (news.event !== 'stage' || receiver.statuses !== true || news.commit === undefined) return;
  const { stage, state, verdict, who, digest, commit, link } = news;
  const token = await secret(receiver.github.token, 'The token for GitHub');
  const about = digest === undefined ? '' : `, ${digest.slice(0, 19)}`;
  await writeStatus({ ...receiver.github, token }, { commit, state, context: `backlot/${stage}`, description: `${verdict} (${who}${about})`, link }, signal);
};

/** What somebody who was not there needs: revision, digest, who, verdict, link. */
function textOfRun({ event, project, run, revision, digest, who, verdict, link }: RunNews): string {
  return [
    `The run ${run} of ${project}${revision === undefined ? '' : ` at ${revision}`} ${event === 'fail' ? 'failed' : 'passed'}`,
    verdict,
    `By: ${who}`,
    ...(digest === undefined ? [] : [`Digest: ${digest}`]),
    ...(link === undefined ? [] : [link]),
  ].join('\n');
}

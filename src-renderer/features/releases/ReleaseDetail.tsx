import { Skeleton } from '@mantine/core';
import type { Release } from '#contract/releases.ts';
import { commandLine } from '../../shell/command-lines.ts';
import { useCall } from '../../state/use-call.ts';
import { useOperation } from '../../state/use-operation.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { shortDigest } from '../fixtures/fixture-rows.ts';
import { ChangeLink } from './ChangeLink.tsx';
import style from './History.module.css';
import { KpiTable } from './KpiTable.tsx';
import { linesOfLog } from './log-lines.ts';
import { whyOf } from './release-words.ts';
import { RollBody } from './RollBody.tsx';
import { RollLog } from './RollLog.tsx';

type ReleaseDetailProps = { readonly release: Release; readonly directory: string; /** It goes on and is shown above. */ readonly live: boolean };

/** Everything that is kept of one release: its image, why it ended so, what the watch came to, its instances where this machine did it, and its log. */
export function ReleaseDetail({ release, directory, live }: ReleaseDetailProps) {
  const { image, digest, kpi = [], link, operation, accepted, problem, release: id } = release;
  const progress = useOperation(live ? undefined : operation);
  const why = whyOf(release);
  const isKnown = progress.events.length > 0;
  return (
    <div className={style.detail}>
      <p className={style.facts}>
        <CopyText text={id} label="Copy the release’s id" />
        <CopyText text={image} shown={shortDigest(digest)} label="Copy the image with its digest" />
        {link !== undefined && <ChangeLink link={link} />}
        {accepted !== undefined && <span>{accepted} let it stay</span>}
        {live && <span>It is shown above.</span>}
      </p>
      {problem !== undefined && <p className={style.problem}>Its entry does not count: {problem}</p>}
      {why !== undefined && <p className={style.reason}>{why}</p>}
      {kpi.length > 0 && <KpiTable kpi={kpi} />}
      {isKnown && <RollBody progress={progress} charts={kpi.length === 0} />}
      {!isKnown && !live && <StoredLog release={release} directory={directory} />}
    </div>
  );
}

/** What was told during a release, as it is kept beside the target’s record. */
function StoredLog({ release: { release, target, log }, directory }: Omit<ReleaseDetailProps, 'live'>) {
  const { value, error } = useCall(log && `log ${target} ${release}`, (backlot, signal) => backlot.releases.log({ directory, target, release }, signal));
  if (!log) return <p className={style.quiet}>No log of it is kept.</p>;
  if (error) return <FailureCard failure={error} />;
  if (!value) return <Skeleton height={90} radius={7} aria-busy="true" />;
  const command = commandLine(['releases', 'log', target, release], directory);
  return (
    <>
      {value.lines.length === 0 ? <p className={style.quiet}>Nothing was told during it.</p> : <RollLog lines={linesOfLog(value.lines)} />}
      <CopyText text={command} shown={`backlot releases log ${target} ${release}`} label="Copy as command" />
    </>
  );
}

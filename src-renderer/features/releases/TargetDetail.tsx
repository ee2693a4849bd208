import { ActionIcon, Menu } from '@mantine/core';
import { Ellipsis } from 'lucide-react';
import { useEffect } from 'react';
import type { OperationSummary } from '#contract/operations.ts';
import type { TargetView } from '#contract/releases.ts';
import { ActionButton, ActionItem, CopyCommandsMenu } from '../../shell/ActionParts.tsx';
import { commandLine } from '../../shell/command-lines.ts';
import { targetActions } from '../../shell/release-actions.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { Keys } from '../../ui/Keys.tsx';
import { Section } from '../../ui/Page.tsx';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { History } from './History.tsx';
import { InterruptedBar } from './InterruptedBar.tsx';
import { LockBar } from './LockBar.tsx';
import { NowCard } from './NowCard.tsx';
import { PathTable } from './PathTable.tsx';
import { isRoll, isWaiting, lookOfTarget, wordsOfKind } from './release-words.ts';
import style from './ReleasesPage.module.css';
import { LatestOperation } from './LatestOperation.tsx';
import { useHistory, useRevisions } from './use-releases.ts';

type TargetDetailProps = { readonly target: TargetView; readonly directory: string; readonly release: string | undefined; /** On this target, newest first. */ readonly operations: readonly OperationSummary[] };

/** One target: what runs there, what goes on, the way of every revision to it, and its releases. */
export function TargetDetail({ target, directory, release, operations }: TargetDetailProps) {
  const { name, lock, problem, interrupted } = target;
  const revisions = useRevisions(directory, name);
  const history = useHistory(directory, name);
  const going = operations.find(({ state }) => state === 'running');
  useRollbackKey(() => !going && target.kind !== 'none' && targetActions(directory, name).rollback.run());
  return (
    <section className={style.detail} aria-label={`Target ${name}`}>
      <Head target={target} directory={directory} going={going} />
      {problem !== undefined && <FailureCard failure={{ code: 'registry-failed', message: `What is released on ${name} cannot be read`, cause: problem, fix: `See whether the registry of ${target.repository} answers; this page asks again by itself.` }} />}
      {lock && !(going && isRoll(going)) && <LockBar lock={lock} directory={directory} target={name} />}
      {interrupted && !going && <InterruptedBar release={interrupted} target={name} />}
      <LatestOperation operations={operations} target={name} />
      {problem === undefined && <NowCard target={target} directory={directory} revisions={revisions.value} busy={going !== undefined} />}
      {problem === undefined && (
        <Section title="Revisions">
          {revisions.error && <FailureCard failure={revisions.error} />}
          <PathTable revisions={revisions.value} failed={revisions.error !== undefined} target={target} directory={directory} busy={going !== undefined} />
        </Section>
      )}
      {problem === undefined && (
        <Section title="History" actions={<CopyText text={commandLine(['releases', name], directory)} shown={`backlot releases ${name}`} label="Copy as command" />}>
          {history.error && <FailureCard failure={history.error} />}
          <History releases={history.value} failed={history.error !== undefined} revisions={revisions.value} target={name} directory={directory} open={release} going={going?.id} />
        </Section>
      )}
    </section>
  );
}

function Head({ target, directory, going }: Pick<TargetDetailProps, 'target' | 'directory'> & { readonly going: OperationSummary | undefined }) {
  const { name, kind, repository, platform, requires, lock } = target;
  const { promote, deploy, rollback, lock: lockIt, unlock } = targetActions(directory, name);
  const busy = going !== undefined;
  const canDeploy = kind !== 'none';
  const remove = kind === 'pair' ? targetActions(directory, name).remove : undefined;
  return (
    <header className={style.head}>
      <div className={style.headTop}>
        <h2 className={style.title}>{name}</h2>
        <StateLabel look={lookOfTarget(target, going)} />
        <div className={style.buttons}>
          {canDeploy && <ActionButton action={rollback} disabled={busy || !target.current} pr={4} rightSection={<Keys keys="R" />} />}
          <ActionButton action={promote} disabled={busy} />
          {canDeploy && <ActionButton action={deploy} variant={isWaiting(target) ? 'filled' : 'default'} disabled={busy || !target.promoted} />}
          <Menu position="bottom-end" width={210}>
            <Menu.Target>
              <ActionIcon size={30} aria-label={`More for ${name}`}>
                <Ellipsis size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <ActionItem action={lock ? unlock : lockIt} disabled={busy} />
              {remove && <ActionItem action={remove} disabled={busy || !target.current} />}
              <Menu.Divider />
              <CopyCommandsMenu actions={[promote, ...(canDeploy ? [deploy, rollback] : []), lock ? unlock : lockIt, ...(remove ? [remove] : [])]} />
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      <p className={style.facts}>
        {canDeploy && <span>{wordsOfKind(kind)}</span>}
        {platform !== undefined && <span>{platform}</span>}
        <span>{requires.length === 0 ? 'requires no stage' : `requires ${requires.join(', ')}`}</span>
        <CopyText text={repository} label="Copy the repository" />
      </p>
    </header>
  );
}

/** Asks about the way back when R is pressed, wherever on the page; not within `g r`, and not while something is typed or asked. */
function useRollbackKey(ask: () => unknown): void {
  useEffect(() => {
    let leader = 0;
    const onKey = (event: KeyboardEvent) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && event.key.toLowerCase() === 'r';
      const isFree = !(event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable], .xterm, [role="dialog"]'));
      if (isPlain && isFree && Date.now() - leader > 900) ask();
      leader = event.key === 'g' ? Date.now() : 0;
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

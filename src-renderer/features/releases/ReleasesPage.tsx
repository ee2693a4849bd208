import { Skeleton } from '@mantine/core';
import type { ProjectView } from '#contract/project.ts';
import type { TargetView } from '#contract/releases.ts';
import { commandLine } from '../../shell/command-lines.ts';
import { useOperations } from '../../state/operations.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { counted } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { ProjectGate } from '../welcome/ProjectGate.tsx';
import { NoTargets } from './NoTargets.tsx';
import { isWaiting, operationsOn } from './release-words.ts';
import style from './ReleasesPage.module.css';
import { TargetDetail } from './TargetDetail.tsx';
import { TargetList } from './TargetList.tsx';
import { useTargets } from './use-releases.ts';

/** Where in the page: a target, and one of its releases opened. */
type Address = { readonly target: string | undefined; readonly release: string | undefined };

/** The project's targets, what runs on each, and the way of every revision to the one in view. */
export function ReleasesPage(address: Address) {
  return <ProjectGate skeleton={<ReleasesSkeleton />}>{(project) => <ProjectReleases key={project.directory} project={project} {...address} />}</ProjectGate>;
}

function ProjectReleases({ project, target, release }: Address & { readonly project: ProjectView }) {
  const { directory } = project;
  const list = useTargets(directory);
  const summaries = useOperations((state) => state.summaries);
  const chosen = list.value?.find(({ name }) => name === target) ?? list.value?.[0];
  const isEmpty = list.value?.length === 0 || (project.targets.length === 0 && !list.value);
  return (
    <Page
      title="Releases"
      detail={<span role="status">{isEmpty ? 'The tested image ships, and comes back if it should not have' : list.value ? inShort(list.value) : list.error ? 'What runs on the targets is not known now' : 'Asking the registry'}</span>}
      actions={!isEmpty && <CopyText text={commandLine(['targets'], directory)} shown="backlot targets" label="Copy as command" />}
    >
      {list.error && <FailureCard failure={list.error} />}
      {isEmpty && <NoTargets directory={directory} />}
      {!isEmpty && (
        <div className={style.columns}>
          <div className={style.side}>{list.value ? <TargetList targets={list.value} chosen={chosen?.name} directory={directory} /> : !list.error && <Skeleton height={128} radius={11} aria-busy="true" />}</div>
          <div className={style.main}>
            {target !== undefined && list.value && chosen?.name !== target && <FailureCard failure={{ code: 'target-unknown', message: `The project has no target ${target}`, fix: 'Choose one at the left.' }} />}
            {chosen ? <TargetDetail key={chosen.name} target={chosen} directory={directory} release={release} operations={operationsOn(chosen.name, directory, summaries)} /> : !list.error && <DetailSkeleton />}
          </div>
        </div>
      )}
    </Page>
  );
}

function inShort(targets: readonly TargetView[]): string {
  const waiting = targets.filter(isWaiting).length;
  const locked = targets.filter(({ lock }) => lock !== undefined).length;
  return [counted(targets.length, 'target'), ...(waiting > 0 ? [`${waiting} with a promoted revision that is not released`] : []), ...(locked > 0 ? [`${locked} locked`] : [])].join(', ');
}

function DetailSkeleton() {
  return (
    <div className={style.detail} aria-busy="true">
      <Skeleton height={30} width="40%" />
      <Skeleton height={92} radius={11} />
      <Skeleton height={220} radius={11} />
    </div>
  );
}

/** The page's shape before the project is known. */
function ReleasesSkeleton() {
  return (
    <Page title="Releases" detail="Reading the project">
      <div className={style.columns}>
        <Skeleton height={128} radius={11} aria-busy="true" />
        <DetailSkeleton />
      </div>
    </Page>
  );
}

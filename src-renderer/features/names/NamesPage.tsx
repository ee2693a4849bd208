import { Skeleton } from '@mantine/core';
import { useEffect } from 'react';
import type { GuardMode } from '#contract/names.ts';
import type { ProjectView, SetView } from '#contract/project.ts';
import { commandLine } from '../../shell/command-lines.ts';
import { useEnvironment } from '../../state/environment.tsx';
import { useMisses } from '../../state/feeds.ts';
import { useCall, type CallState } from '../../state/use-call.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { counted } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { ProjectGate } from '../welcome/ProjectGate.tsx';
import { foldNames } from './fold.ts';
import { HostCard } from './HostCard.tsx';
import { MissList } from './MissList.tsx';
import style from './NamesPage.module.css';
import { NamesTable } from './NamesTable.tsx';
import { WhyBox } from './WhyBox.tsx';
import type { NameList } from './name-list.ts';

/** What the page is opened for: a question, or the names of a service. */
export type NamesView = { readonly why?: string; readonly from?: string; readonly service?: string };

/** Every name of the set in view, who has it and why, what was asked for and is nobody's, and how this machine resolves. */
export function NamesPage({ view }: { readonly view: NamesView }) {
  return <ProjectGate skeleton={<NamesSkeleton />}>{(project, setView) => <SetNames key={`${project.directory} ${setView.name}`} project={project} setView={setView} view={view} />}</ProjectGate>;
}

type SetNamesProps = { readonly project: ProjectView; readonly setView: SetView; readonly view: NamesView };

function SetNames({ project, setView, view }: SetNamesProps) {
  const place = { directory: project.directory, set: setView.name };
  const list = useNames(place);
  const { value: missed } = useMisses(place.directory);
  const misses = missed?.misses ?? [];
  const suffixes = list.value?.suffixes ?? project.suffixes;
  return (
    <Page
      title="Names"
      detail={<span role="status">{list.value ? inShort(list.value, setView.name) : list.error ? `The names of ${setView.name} are not known now` : `Asking for the names of ${setView.name}`}</span>}
      actions={<CopyText text={commandLine(['names', setView.name], place.directory)} shown={`backlot names ${setView.name}`} label="Copy as command" />}
    >
      {misses.length > 0 && <MissList directory={place.directory} set={setView.name} misses={misses} project={project} suffixes={suffixes} />}
      {missed?.note && <p className={style.note}>{missed.note}</p>}
      <div className={style.columns}>
        <div className={style.main}>
          {list.error && <FailureCard failure={list.error} />}
          {list.value && <NamesTable key={view.service ?? ''} entries={foldNames(list.value.names, suffixes)} started={view.service ?? ''} />}
          {!list.value && !list.error && <TableSkeleton />}
        </div>
        <div className={style.side}>
          <WhyBox key={`${view.why ?? ''} ${view.from ?? ''}`} place={place} services={setView.members.map(({ service }) => service)} suffixes={suffixes} asked={view.why} from={view.from} />
          <HostCard directory={place.directory} />
        </div>
      </div>
    </Page>
  );
}

/** The names of the set, asked for again when its containers change. */
function useNames(place: { readonly directory: string; readonly set: string }): CallState<NameList> {
  const { setStatus, fileChanges } = useEnvironment();
  const list = useCall(`names ${JSON.stringify(place)}`, (backlot, signal) => backlot.names.list(place, signal), fileChanges);
  const containers = setStatus?.services.map(({ name, containerId, addresses, swappedTo }) => [name, containerId, addresses.container, swappedTo].join()).join(' ');
  const { reload } = list;
  useEffect(() => reload(), [containers, reload]);
  return list;
}

const GUARD: Record<GuardMode, string> = { block: 'the guard blocks every other name of', report: 'the guard only reports other names of', off: 'the guard is off for' };

function inShort({ names, suffixes, guard }: NameList, set: string): string {
  const owners = new Set(names.map(({ service }) => service)).size;
  const sum = `${counted(names.length, 'name')} of ${counted(owners, 'service')} in ${set}`;
  return suffixes.length === 0 ? `${sum}; no suffixes, so nothing is guarded` : `${sum}; ${GUARD[guard]} ${suffixes.join(', ')}`;
}

function TableSkeleton() {
  return (
    <div className={style.skeleton} aria-busy="true">
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index}>
          <Skeleton height={11} width={`${28 + ((index * 7) % 18)}%`} />
          <Skeleton height={11} width="14%" ml="auto" />
          <Skeleton height={11} width="16%" />
        </div>
      ))}
    </div>
  );
}

/** The page's shape before the project is known. */
function NamesSkeleton() {
  return (
    <Page title="Names" detail="Reading the project">
      <div className={style.columns}>
        <TableSkeleton />
        <div className={style.side}>
          <Skeleton height={150} />
          <Skeleton height={190} />
        </div>
      </div>
    </Page>
  );
}

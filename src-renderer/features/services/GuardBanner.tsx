import { CloseButton } from '@mantine/core';
import { Search } from 'lucide-react';
import { Suspense } from 'react';
import { useLocation } from 'wouter';
import type { ProjectView } from '#contract/project.ts';
import type { Action } from '../../shell/actions.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { commandLine } from '../../shell/command-lines.ts';
import { missActions } from '../../shell/name-actions.ts';
import { useMisses } from '../../state/feeds.ts';
import { freshMisses } from '../../state/fresh-misses.ts';
import { useGuard } from '../../state/guard.ts';
import { lazyPart } from '../../state/lazy-part.ts';
import { counted } from '../../ui/format.ts';
import { lookOfPhase } from '../../ui/phase.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Ago } from '../../ui/Time.tsx';
import style from './GuardBanner.module.css';

const AliasMenu = lazyPart(() => import('../names/AliasMenu.tsx').then(({ AliasMenu: part }) => part));
const EditNote = lazyPart(() => import('../names/EditNote.tsx').then(({ EditNote: part }) => part));

/** The latest name that was asked for and is nobody's, until it is settled or dismissed. */
export function GuardBanner({ project, set }: { readonly project: ProjectView; readonly set: string }) {
  const { directory, suffixes } = project;
  const { value } = useMisses(directory);
  const { dismissed, dismiss, edits } = useGuard();
  const [, navigate] = useLocation();
  const fresh = freshMisses(directory, value?.misses ?? [], dismissed);
  const [miss] = fresh;
  if (!miss) return null;
  const edit = edits[miss.name];
  const others = new Set(fresh.map(({ name }) => name)).size - 1;
  const caller = project.services.some(({ name }) => name === miss.caller) ? miss.caller : undefined;
  const look: Action = { id: 'misses', label: 'Look', icon: Search, command: commandLine(['names', 'misses', miss.set], directory), run: () => navigate('/names') };
  return (
    <section className={style.banner} aria-label="The guard" role="status">
      <StateIcon look={lookOfPhase('unhealthy')} size={16} />
      <p className={style.words}>
        <b>{miss.caller}</b> asked for <code>{miss.name}</code>, which nobody here owns
        <span className={style.detail}>
          {miss.kind === 'blocked' ? 'The guard blocked it' : 'It went out to the real one'} · {miss.count === 1 ? 'once' : `${miss.count} times`}, <Ago at={miss.last} />
          {miss.set !== set && ` · in ${miss.set}`}
          {others > 0 && ` · and ${counted(others, 'other name')}`}
        </span>
      </p>
      <div className={style.buttons}>
        <Suspense fallback={null}>
          {edit ? (
            <EditNote edit={edit} directory={directory} set={miss.set} />
          ) : (
            <>
              <ActionButton action={look} />
              <AliasMenu directory={directory} name={miss.name} services={project.services.map(({ name }) => name)} suffixes={suffixes} />
              <ActionButton action={missActions({ directory, set: miss.set }, miss.name, caller, navigate).allow} />
            </>
          )}
        </Suspense>
        <CloseButton size="sm" aria-label="Dismiss" title="Dismiss until another name is asked for" onClick={() => dismiss(directory, fresh)} />
      </div>
    </section>
  );
}

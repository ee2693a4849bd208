import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Miss } from '#contract/names.ts';
import type { ProjectView } from '#contract/project.ts';
import { missActions } from '../../shell/name-actions.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { useGuard } from '../../state/guard.ts';
import { counted } from '../../ui/format.ts';
import { Section } from '../../ui/Page.tsx';
import { lookOfPhase } from '../../ui/phase.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Tag } from '../../ui/Tag.tsx';
import { Ago } from '../../ui/Time.tsx';
import { AliasMenu } from './AliasMenu.tsx';
import { EditNote } from './EditNote.tsx';
import { cutSuffix } from './fold.ts';
import style from './MissList.module.css';

type MissListProps = { readonly directory: string; readonly set: string; readonly misses: readonly Miss[]; readonly project: ProjectView; readonly suffixes: readonly string[] };

/** Shown at once; the rest on demand. */
const FIRST = 3;

/** Production names that were asked for and are nobody's: who asked, how often, and what can be done about it. */
export function MissList({ directory, set, misses, project, suffixes }: MissListProps) {
  const [all, setAll] = useState(false);
  const keepEditsOf = useGuard((state) => state.keepEditsOf);
  useEffect(() => keepEditsOf(misses), [keepEditsOf, misses]);
  const latest = [...misses].sort((one, other) => Date.parse(other.last) - Date.parse(one.last));
  const shown = all ? latest : latest.slice(0, FIRST);
  const names = new Set(misses.map(({ name }) => name)).size;
  return (
    <Section
      title={`${counted(names, 'name')} asked for that nobody here owns`}
      actions={
        misses.length > FIRST && (
          <Button variant="subtle" onClick={() => setAll(!all)}>
            {all ? 'Show the latest only' : `Show all ${misses.length}`}
          </Button>
        )
      }
    >
      <ul className={style.list} aria-label="Misses">
        {shown.map((miss) => (
          <MissLine key={`${miss.set} ${miss.name} ${miss.caller}`} miss={miss} {...{ directory, set, project, suffixes }} />
        ))}
      </ul>
    </Section>
  );
}

const KINDS = {
  blocked: { word: 'blocked', title: 'The guard answered that the name does not exist', tone: 'warn' },
  reported: { word: 'let through', title: 'The guard only reports: the name was forwarded', tone: 'fail' },
  bypassed: { word: 'asked past the guard', title: 'The container asked another server than Docker’s', tone: 'fail' },
} as const;

type MissLineProps = Omit<MissListProps, 'misses'> & { readonly miss: Miss };

function MissLine({ miss, directory, set, project, suffixes }: MissLineProps) {
  const { name, caller, count, last, types, kind } = miss;
  const edit = useGuard(({ edits }) => edits[name]);
  const [, navigate] = useLocation();
  const isService = project.services.some((service) => service.name === caller);
  const actions = missActions({ directory, set: miss.set }, name, isService ? caller : undefined, navigate);
  const { stem, suffix } = cutSuffix(name, suffixes);
  return (
    <li className={style.miss}>
      <StateIcon look={lookOfPhase('unhealthy')} size={15} />
      <div className={style.words}>
        <p className={style.name} title={name}>
          <b>{stem}</b>
          <span>{suffix}</span>
        </p>
        <p className={style.facts}>
          asked by {isService ? <Link href={`/services/${encodeURIComponent(caller)}`}>{caller}</Link> : <code>{caller}</code>}
          {miss.set !== set && ` in ${miss.set}`} · {count === 1 ? 'once' : `${count} times`}, <Ago at={last} /> · {types.join(', ')}
        </p>
      </div>
      <Tag tone={KINDS[kind].tone} title={KINDS[kind].title}>
        {KINDS[kind].word}
      </Tag>
      <div className={style.buttons}>
        {edit ? (
          <EditNote edit={edit} directory={directory} set={miss.set} />
        ) : (
          <>
            <AliasMenu directory={directory} name={name} services={project.services.map((service) => service.name)} suffixes={suffixes} />
            <ActionButton action={actions.allow} />
            <ActionButton action={actions.why} />
          </>
        )}
      </div>
    </li>
  );
}

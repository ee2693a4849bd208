import { Skeleton } from '@mantine/core';
import { FolderDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Action } from '../../shell/actions.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { commandLine } from '../../shell/command-lines.ts';
import { launch } from '../../shell/launch.ts';
import { useCall } from '../../state/use-call.ts';
import { useOperation } from '../../state/use-operation.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { counted } from '../../ui/format.ts';
import { Section } from '../../ui/Page.tsx';
import style from './Welcome.module.css';

type CloneOfferProps = { readonly directory: string; onCloned(): void };

/** The components whose folders are not there, where each comes from, and the button that gets them. */
export function CloneOffer({ directory, onCloned }: CloneOfferProps) {
  const missing = useCall(`missing ${directory}`, async (backlot, signal) => (await backlot.project.missing({ directory }, signal)).components);
  const [operation, setOperation] = useState<string>();
  const { result } = useOperation(operation);
  useEffect(() => {
    if (result) onCloned();
  }, [result, onCloned]);
  const known = missing.value?.filter(({ git }) => git !== undefined) ?? [];
  const clone: Action = {
    id: 'project.clone',
    label: `Clone ${counted(known.length, 'component')}`,
    icon: FolderDown,
    command: commandLine(['up', '--yes'], directory),
    run: () => void launch({ method: 'project.clone', directory, start: (core) => core.project.clone({ directory }) }).then(setOperation),
  };
  return (
    <Section title="Components that are not checked out" actions={known.length > 0 && <ActionButton action={clone} variant="filled" loading={operation !== undefined && !result} />}>
      {missing.error && <FailureCard failure={missing.error} />}
      {result?.error && <FailureCard failure={result.error} />}
      {!missing.value && !missing.error && <Skeleton height={48} />}
      <ul className={style.missing}>
        {missing.value?.map(({ name, path, git, ref }) => (
          <li key={name}>
            <b>{name}</b>
            <span>
              {git === undefined ? 'nobody says where it comes from: give it a git: URL' : <code>{git}{ref === undefined ? '' : ` at ${ref}`}</code>} → <code>{path}</code>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

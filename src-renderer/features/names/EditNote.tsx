import { Check } from 'lucide-react';
import { setActions } from '../../shell/actions.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { useOperations } from '../../state/operations.ts';
import type { NameEdit } from '../../state/guard.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import style from './MissList.module.css';

type EditNoteProps = { readonly edit: NameEdit; readonly directory: string; readonly set: string };

/** Where a missed name was written to, and the way to make it hold. */
export function EditNote({ edit: { service, file, line }, directory, set }: EditNoteProps) {
  const busy = useOperations(({ summaries }) => summaries?.some((operation) => operation.state === 'running' && operation.directory === directory && operation.set === set) ?? false);
  const { up } = setActions({ directory, set });
  const place = `${file}:${line}`;
  return (
    <>
      <span className={style.edit} role="status">
        <Check size={14} color="var(--ready)" aria-hidden="true" />
        {service === undefined ? 'Allowed in' : <>Alias of {service} in</>}
        <CopyText text={place} shown={`${file.split(/[/\\]/).at(-1) ?? file}:${line}`} label="Copy the place" />
      </span>
      <ActionButton action={{ ...up, label: 'Up' }} variant="filled" disabled={busy} />
    </>
  );
}

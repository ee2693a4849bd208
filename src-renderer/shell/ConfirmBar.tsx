import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { CopyText } from '../ui/CopyButton.tsx';
import { withoutFolder } from './command-lines.ts';
import style from './ConfirmBar.module.css';

type ConfirmBarProps = { readonly command: string; readonly label: string; readonly disabled?: boolean; readonly focus?: boolean; readonly danger?: boolean; onConfirm(): void; onLeave(): void };

/** The end of a dialog: the command that does the same, the way out, and the deed. */
export function ConfirmBar({ command, label, disabled = false, focus = true, danger = false, onConfirm, onLeave }: ConfirmBarProps) {
  const deed = useRef<HTMLButtonElement>(null);
  // What it is about may come after the dialog is there: then Enter does it, unless somebody types already.
  useEffect(() => {
    if (focus && !disabled && !(document.activeElement instanceof HTMLInputElement)) deed.current?.focus();
  }, [focus, disabled]);
  return (
    <>
      <Command command={command} />
      <div className={style.confirm}>
        <span />
        <Button onClick={onLeave}>Leave it</Button>
        <Button ref={deed} variant="filled" {...(danger && { color: 'red' })} disabled={disabled} onClick={onConfirm} {...(focus && { 'data-autofocus': true })}>
          {label}
        </Button>
      </div>
    </>
  );
}

/** The end of a dialog that only shows something. */
export function CloseBar({ command, onClose }: { readonly command: string; onClose(): void }) {
  return (
    <>
      <Command command={command} />
      <div className={style.confirm}>
        <span />
        <Button data-autofocus onClick={onClose}>
          Close
        </Button>
      </div>
    </>
  );
}

function Command({ command }: { readonly command: string }) {
  return (
    <div className={style.command}>
      <CopyText text={command} shown={withoutFolder(command)} label="Copy as command" />
    </div>
  );
}

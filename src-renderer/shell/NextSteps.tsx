import type { ReactNode } from 'react';
import { CopyButton, CopyText } from '../ui/CopyButton.tsx';
import { Empty } from '../ui/Empty.tsx';
import { ActionButton } from './ActionParts.tsx';
import type { Action } from './actions.ts';
import { commandLine, withoutFolder } from './command-lines.ts';
import style from './NextSteps.module.css';

type NothingYetProps = { readonly icon: ReactNode; readonly title: string; readonly text: string; readonly children: ReactNode };

/** A place with nothing in it yet: what it is for, and the steps to the first one. */
export function NothingYet({ icon, title, text, children }: NothingYetProps) {
  return (
    <div>
      <Empty icon={icon} title={title} text={text} />
      <div className={style.empty}>
        <NextSteps>{children}</NextSteps>
      </div>
    </div>
  );
}

/** Steps in their order. */
export function NextSteps({ children }: { readonly children: ReactNode }) {
  return <ol className={style.steps}>{children}</ol>;
}

/** Lines to write into backlot.yaml. */
export function SnippetStep({ lines, children }: { readonly lines: string; readonly children: ReactNode }) {
  return (
    <li>
      <div className={style.stepText}>
        <p>{children}</p>
        <div className={style.snippetBox}>
          <pre className={style.snippet} tabIndex={0} aria-label="Lines for backlot.yaml">
            {lines}
          </pre>
          <CopyButton text={lines} label="Copy the lines for backlot.yaml" />
        </div>
      </div>
    </li>
  );
}

/** A command to run in a terminal. */
export function CommandStep({ words, directory, children }: { readonly words: readonly string[]; readonly directory: string; readonly children: ReactNode }) {
  return (
    <li>
      <div className={style.stepText}>
        <p>{children}</p>
        <CopyText text={commandLine(words, directory)} shown={commandLine(words)} label="Copy the command" />
      </div>
    </li>
  );
}

/** Something that a button does. */
export function ActionStep({ action, children }: { readonly action: Action; readonly children: ReactNode }) {
  return (
    <li>
      <div className={style.stepText}>
        <p>{children}</p>
        <CopyText text={action.command} shown={withoutFolder(action.command)} label="Copy as command" />
      </div>
      <ActionButton action={action} />
    </li>
  );
}

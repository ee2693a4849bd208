import { Button, Modal, Skeleton } from '@mantine/core';
import type { EnvironmentVariables } from '#contract/stack.ts';
import type { CallState } from '../../state/use-call.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { copyText } from '../../ui/copy.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import style from './ServicePanel.module.css';

type EnvironmentDialogProps = { readonly opened: boolean; readonly call: CallState<EnvironmentVariables>; onClose(): void };

/** The variables that a process on this machine needs to use the set. */
export function EnvironmentDialog({ opened, call, onClose }: EnvironmentDialogProps) {
  const { value, error } = call;
  const dotenv = value?.variables.map(({ name, value: content }) => `${name}=${content}`).join('\n') ?? '';
  return (
    <Modal opened={opened} onClose={onClose} title="Variables for a process on this machine" size={640}>
      <div style={{ display: 'grid', gap: 12 }}>
        {error && <FailureCard failure={error} />}
        {!value && !error && <Skeleton height={120} />}
        {value?.variables.length === 0 && <p>The set gives no variables.</p>}
        <ul className={style.variables}>
          {value?.variables.map(({ name, value: content }) => (
            <li key={name}>
              <code title={`${name}=${content}`}>
                <b>{name}</b>={content}
              </code>
              <CopyButton text={`${name}=${content}`} label={`Copy ${name}`} />
            </li>
          ))}
        </ul>
        {dotenv && (
          <Button style={{ justifySelf: 'end' }} onClick={() => void copyText(dotenv, 'Variables copied')}>
            Copy all as dotenv
          </Button>
        )}
      </div>
    </Modal>
  );
}

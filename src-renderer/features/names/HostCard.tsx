import { Button, Modal, Skeleton } from '@mantine/core';
import { Download, Undo2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { HostNames } from '#contract/names.ts';
import type { Action } from '../../shell/actions.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { commandLine } from '../../shell/command-lines.ts';
import { launch } from '../../shell/launch.ts';
import { useCall } from '../../state/use-call.ts';
import { useOperation } from '../../state/use-operation.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { Section } from '../../ui/Page.tsx';
import type { Look } from '../../ui/phase.ts';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { Changes } from './Changes.tsx';
import style from './HostCard.module.css';

const STATES: Record<HostNames['state'], { readonly look: Look; readonly words: string }> = {
  installed: { look: { tone: 'ready', label: 'installed', shape: 'check' }, words: 'Programs on this machine resolve the names of every set that is up.' },
  absent: { look: { tone: 'idle', label: 'not installed', shape: 'ring' }, words: 'Programs on this machine do not resolve these names yet. Containers do.' },
  partial: { look: { tone: 'warn', label: 'half installed', shape: 'alert' }, words: 'An earlier change was interrupted. Install finishes it, Uninstall takes it back.' },
};

const MECHANISMS: Record<HostNames['mechanism'], string> = {
  'systemd-resolved': 'systemd-resolved',
  'resolver-folder': 'the resolver folder, /etc/resolver',
  nrpt: 'the name resolution policy table',
  'hosts-file': 'a block in the hosts file',
};

/** How programs on this machine resolve the suffixes, what installing would change, and the way to do it and back. */
export function HostCard({ directory }: { readonly directory: string }) {
  const host = useCall(`host names ${directory}`, (backlot, signal) => backlot.names.host({ directory }, signal));
  const [asking, setAsking] = useState<'install' | 'uninstall'>();
  const [operation, setOperation] = useState<string>();
  const { result } = useOperation(operation);
  const { reload } = host;
  useEffect(() => {
    if (result) reload();
  }, [result, reload]);
  const working = operation !== undefined && result === undefined;
  const start = async (verb: 'install' | 'uninstall') => {
    setAsking(undefined);
    setOperation(await launch({ method: `names.${verb}`, directory, start: (core) => (verb === 'install' ? core.names.install({ directory }) : core.names.uninstall({})) }));
  };
  const actions = hostActions(directory, setAsking);
  return (
    <Section title="This machine">
      {host.error && <FailureCard failure={host.error} />}
      {result?.error && <FailureCard failure={result.error} />}
      {!host.value && !host.error && <Skeleton height={150} />}
      {host.value && (
        <div className={style.card}>
          <StateLabel look={STATES[host.value.state].look} />
          <p className={style.words}>{STATES[host.value.state].words}</p>
          <dl className={style.facts}>
            <dt>By</dt>
            <dd>{MECHANISMS[host.value.mechanism]}</dd>
            <dt>Resolver</dt>
            <dd>{host.value.resolver ? <CopyText text={addressOf(host.value.resolver)} label="Copy the resolver’s address" /> : 'not running'}</dd>
            {host.value.answers && host.value.answers.length > 0 && (
              <>
                <dt>Answers for</dt>
                <dd>{host.value.answers.map(({ project, set, names }) => `${project} ${set} (${names})`).join(', ')}</dd>
              </>
            )}
          </dl>
          {host.value.notes?.map((note) => (
            <p key={note} className={style.note}>
              {note}
            </p>
          ))}
          {host.value.changes.length > 0 && (
            <details className={style.details}>
              <summary>{host.value.state === 'installed' ? 'What Uninstall would change' : 'What Install would change'}</summary>
              <Changes changes={host.value.changes} />
            </details>
          )}
          <div className={style.buttons}>
            {host.value.state !== 'installed' && <ActionButton action={actions.install} loading={working} />}
            {host.value.state !== 'absent' && <ActionButton action={actions.uninstall} loading={working} />}
          </div>
        </div>
      )}
      <Modal opened={asking !== undefined} onClose={() => setAsking(undefined)} title={asking === 'install' ? 'Install the resolver on this machine?' : 'Uninstall the resolver?'} size={620}>
        <div className={style.dialog}>
          <p>{asking === 'install' ? 'This changes settings of the system; it may ask for the administrator’s password. Uninstall restores them byte for byte.' : 'The settings of the system become what they were, byte for byte. Sets that are up stay up.'}</p>
          <Changes changes={changesOf(asking, host.value)} />
          <div className={style.confirm}>
            <CopyText text={asking ? actions[asking].command : ''} shown={asking ? `backlot names ${asking}` : ''} label="Copy as command" />
            <span />
            <Button onClick={() => setAsking(undefined)}>Leave it</Button>
            <Button variant="filled" data-autofocus onClick={() => asking && void start(asking)}>
              {asking === 'install' ? 'Install' : 'Uninstall'}
            </Button>
          </div>
        </div>
      </Modal>
    </Section>
  );
}

function changesOf(verb: 'install' | 'uninstall' | undefined, host: HostNames | undefined): HostNames['changes'] {
  return (verb === 'uninstall' ? host?.undoes : undefined) ?? host?.changes ?? [];
}

function hostActions(directory: string, ask: (verb: 'install' | 'uninstall') => void): Readonly<Record<'install' | 'uninstall', Action>> {
  return {
    install: { id: 'names.install', label: 'Install…', icon: Download, command: commandLine(['names', 'install'], directory), run: () => ask('install') },
    uninstall: { id: 'names.uninstall', label: 'Uninstall…', icon: Undo2, command: commandLine(['names', 'uninstall'], directory), run: () => ask('uninstall') },
  };
}

function addressOf({ address, port }: NonNullable<HostNames['resolver']>): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

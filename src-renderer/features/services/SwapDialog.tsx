import { Button, Modal, NumberInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { swapCommand } from '../../shell/actions.ts';
import { commandLine, withoutFolder } from '../../shell/command-lines.ts';
import { launch } from '../../shell/launch.ts';
import { closeSwapDialog, type SwapRequest } from '../../shell/swap-dialog.ts';
import { useEnvironment } from '../../state/environment.tsx';
import { useOperation } from '../../state/use-operation.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { useFocusGivenBack } from '../../ui/focus.ts';
import { lookOfPhase } from '../../ui/phase.ts';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { asTargets, faultOf, firstTargets, type SwapTarget } from './swap-targets.ts';
import style from './SwapDialog.module.css';

/** Asks where the process is that takes a service's place, starts the swap, and says what came of it. */
export function SwapDialog({ request }: { readonly request: SwapRequest }) {
  const { directory, set, service } = request;
  const [operation, setOperation] = useState<string>();
  useFocusGivenBack();
  const { result } = useOperation(operation);
  return (
    <Modal opened onClose={closeSwapDialog} title={`Swap ${service} for a process on this machine`} size={540}>
      {result?.ok ? (
        <Swapped request={request} />
      ) : (
        <SwapForm
          request={request}
          working={operation !== undefined && !result}
          failure={result?.error && <FailureCard failure={result.error} />}
          onSwap={async (to) => setOperation(await launch({ method: 'stack.swap', directory, set, start: (core) => core.stack.swap({ directory, set, service, to: [...to] }) }))}
        />
      )}
    </Modal>
  );
}

type SwapFormProps = { readonly request: SwapRequest; readonly working: boolean; readonly failure: React.ReactNode; onSwap(to: readonly string[]): Promise<void> };

function SwapForm({ request, working, failure, onSwap }: SwapFormProps) {
  const { project, status } = useEnvironment();
  const { directory, set, service } = request;
  const view = project.value?.services.find(({ name }) => name === service);
  const now = status.value?.sets.find(({ name }) => name === set)?.services.find(({ name }) => name === service);
  const [targets, setTargets] = useState<readonly SwapTarget[]>(() => firstTargets(view?.ports.length ? view.ports : (now?.ports ?? []), now?.swappedTo));
  const [shown, setShown] = useState(false);
  const faults = targets.map(({ to }) => faultOf(to));
  const isFine = targets.length > 0 && faults.every((fault) => fault === undefined);
  const command = swapCommand({ directory, set }, service, asTargets(targets));
  const change = (index: number, to: string) => setTargets(targets.map((target, other) => (other === index ? { ...target, to } : target)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (isFine) void onSwap(asTargets(targets));
  };
  return (
    <form className={style.form} onSubmit={submit}>
      <p className={style.words}>Its container gives up its names and ports in {set}; what is sent to them goes to the process that you name here. Give back restores the container.</p>
      {targets.length === 0 && <PortQuestion onChoose={(container) => setTargets([{ container, to: `localhost:${container}`, added: true }])} />}
      {targets.map(({ container, to }, index) => (
        <TextInput
          key={container}
          classNames={{ root: style.target ?? '', input: style.input ?? '', label: style.label ?? '' }}
          label={
            <>
              <b>{service}:{container}</b> goes to
            </>
          }
          value={to}
          error={shown ? faults[index] : undefined}
          onChange={(event) => change(index, event.currentTarget.value)}
          data-autofocus={index === 0 || undefined}
          spellCheck={false}
          autoComplete="off"
        />
      ))}
      {failure}
      <div className={style.command}>{isFine && <CopyText text={command} shown={withoutFolder(command)} label="Copy as command" />}</div>
      <div className={style.buttons}>
        <span />
        <Button onClick={closeSwapDialog}>{working ? 'Close' : 'Leave it'}</Button>
        <Button type="submit" variant="filled" loading={working} disabled={targets.length === 0}>
          Swap
        </Button>
      </div>
    </form>
  );
}

function PortQuestion({ onChoose }: { onChoose(container: number): void }) {
  const [port, setPort] = useState<number>();
  return (
    <div className={style.question}>
      <NumberInput size="xs" label="Which of its ports? The files name none." placeholder="8080" min={1} max={65_535} hideControls allowDecimal={false} data-autofocus onChange={(value) => setPort(typeof value === 'number' ? value : undefined)} />
      <Button disabled={port === undefined || port < 1} onClick={() => port !== undefined && onChoose(port)}>
        Take this port
      </Button>
    </div>
  );
}

function Swapped({ request: { directory, set, service } }: { readonly request: SwapRequest }) {
  const env = commandLine(['env', set, '--format', 'shell'], directory);
  return (
    <div className={style.form}>
      <StateLabel look={lookOfPhase('swapped')} />
      <p className={style.words}>What is sent to {service} in {set} now goes to your process. These variables give it the addresses of everything that it needs:</p>
      <CopyText text={`eval "$(${env})"`} shown={`eval "$(${withoutFolder(env)})"`} label="Copy the command" />
      <div className={style.buttons}>
        <span />
        <Button variant="filled" data-autofocus onClick={closeSwapDialog}>
          Close
        </Button>
      </div>
    </div>
  );
}

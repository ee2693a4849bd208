import { ActionIcon, Button, Menu } from '@mantine/core';
import { Braces, Ellipsis, ListChecks, SquareTerminal, X } from 'lucide-react';
import { Link } from 'wouter';
import type { OperationSummary } from '#contract/operations.ts';
import type { SetView } from '#contract/project.ts';
import type { SetState } from '#contract/stack.ts';
import { setActions, usePlace, type Action } from '../../shell/actions.ts';
import { ActionButton, ActionItem, CopyCommandsMenu } from '../../shell/ActionParts.tsx';
import { commandLine } from '../../shell/command-lines.ts';
import { fixturePath } from '../../shell/fixture-actions.ts';
import { useDock } from '../../state/dock.ts';
import { useCancel } from '../../state/use-cancel.ts';
import { lookOfPhase, lookOfSetNow } from '../../ui/phase.ts';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { Elapsed } from '../../ui/Time.tsx';
import { countStates, type ServiceRow } from './rows.ts';
import style from './SetHeader.module.css';

type SetHeaderProps = {
  readonly setView: SetView;
  readonly state: SetState;
  readonly rows: readonly ServiceRow[];
  readonly running: OperationSummary | undefined;
  /** Up, with what was chosen beside it. */
  readonly up: Action;
  onShowPlan(): void;
  onShowEnvironment(): void;
};

/** The set's state in one look, and what can be done with the whole of it. */
export function SetHeader({ setView, state, rows, running, up, onShowPlan, onShowEnvironment }: SetHeaderProps) {
  return (
    <header className={style.header}>
      <div className={style.top}>
        <h1 className={style.title}>{setView.name}</h1>
        <div className={style.facts} aria-live="polite">
          <StateLabel look={lookOfSetNow(state, running)} />
          <Counts rows={rows} />
          <span className={style.address}>{setView.addresses === 'localhost' ? 'on localhost' : 'each on its own address'}</span>
          {setView.fixture !== undefined && (
            <span className={style.address} title="What its data services come up with where they have no data yet">
              fixture <Link href={fixturePath(setView.fixture)}>{setView.fixture}</Link>
            </span>
          )}
        </div>
        <SetButtons state={state} running={running} up={up} onShowPlan={onShowPlan} onShowEnvironment={onShowEnvironment} />
      </div>
      <Strip rows={rows} />
    </header>
  );
}

function Counts({ rows }: { readonly rows: readonly ServiceRow[] }) {
  return (
    <span className={style.counts}>
      {countStates(rows).map(({ state, count }) => (
        <span key={state} data-tone={lookOfPhase(state).tone} className={style.count}>
          <b>{count}</b> {lookOfPhase(state).label}
        </span>
      ))}
    </span>
  );
}

/** More than these would be too narrow to tell apart: then one piece stands for all of a state. */
const MOST_PIECES = 80;

/** One piece for each service, in its state's colour: the whole set at a glance. */
function Strip({ rows }: { readonly rows: readonly ServiceRow[] }) {
  const label = countStates(rows)
    .map(({ state, count }) => `${count} ${lookOfPhase(state).label}`)
    .join(', ');
  return (
    <div className={style.strip} role="img" aria-label={label}>
      {rows.length > MOST_PIECES
        ? countStates(rows).map(({ state, count }) => <i key={state} data-tone={lookOfPhase(state).tone} data-state={state} style={{ flexGrow: count }} />)
        : rows.map(({ name, state }) => <i key={name} data-tone={lookOfPhase(state).tone} data-state={state} title={`${name}: ${lookOfPhase(state).label}`} />)}
    </div>
  );
}

const VERBS: Readonly<Record<string, string>> = { 'stack.up': 'Bringing up', 'stack.down': 'Taking down', 'stack.restart': 'Restarting', 'stack.swap': 'Swapping', 'fixtures.load': 'Loading a fixture', 'fixtures.reset': 'Resetting data' };

function SetButtons({ state, running, up, onShowPlan, onShowEnvironment }: Pick<SetHeaderProps, 'state' | 'running' | 'up' | 'onShowPlan' | 'onShowEnvironment'>) {
  const place = usePlace();
  if (!place) return null;
  const actions = setActions(place);
  const planAction: Action = { id: 'plan', label: 'Show the plan', icon: ListChecks, command: commandLine(['plan', place.set], place.directory), run: onShowPlan };
  const envAction: Action = { id: 'env', label: 'Environment variables', icon: Braces, command: commandLine(['env', place.set], place.directory), run: onShowEnvironment };
  const hostShell = () => useDock.getState().openShell({ directory: place.directory, set: place.set });
  return (
    <div className={style.buttons}>
      {running ? (
        <Running operation={running} />
      ) : (
        <>
          <ActionButton action={up} variant={state === 'up' || state === 'down' ? 'default' : 'filled'} />
          {state !== 'down' && <ActionButton action={actions.restart} />}
          {state !== 'down' && <ActionButton action={actions.down} />}
        </>
      )}
      <Menu position="bottom-end" width={250}>
        <Menu.Target>
          <ActionIcon size={30} aria-label="More for this set">
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <ActionItem action={planAction} />
          <ActionItem action={actions.build} disabled={running !== undefined} />
          <ActionItem action={envAction} />
          <Menu.Item leftSection={<SquareTerminal size={14} />} onClick={hostShell}>
            Shell on this machine
          </Menu.Item>
          <Menu.Divider />
          <CopyCommandsMenu actions={[up, actions.build, actions.restart, actions.down, planAction, envAction]} />
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function Running({ operation }: { readonly operation: OperationSummary }) {
  const { cancelling, cancel } = useCancel(operation.id);
  return (
    <>
      <span className={style.running} title={operation.owner}>
        {cancelling ? 'Cancelling' : (VERBS[operation.method] ?? 'Working')} · <Elapsed since={Date.parse(operation.started)} />
      </span>
      <Button leftSection={<X size={13} />} onClick={cancel} disabled={cancelling}>
        Cancel
      </Button>
    </>
  );
}

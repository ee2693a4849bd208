import { Button, Menu } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import type { RunSummary } from '#contract/runs.ts';
import { ActionButton, ActionItem, CopyCommandsMenu } from '../../shell/ActionParts.tsx';
import { heldShellAction, releaseAction } from '../../shell/run-actions.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Remaining } from '../../ui/Time.tsx';
import type { HeldStage } from './held-stages.ts';
import { lookOfRun } from './stage-rows.ts';
import style from './StagesPage.module.css';

type HeldBarProps = { readonly run: RunSummary; readonly stages: readonly HeldStage[]; readonly directory: string };

/** That a failed run's environment stays, for how long yet, the ways into it, and the way to let it go. */
export function HeldBar({ run, stages, directory }: HeldBarProps) {
  return (
    <section className={style.held} aria-label="The run is held">
      <StateIcon look={lookOfRun('held')} size={15} />
      <p>
        What the failed stage ran in stays up{' '}
        {run.heldUntil !== undefined && (
          <>
            for <b><Remaining until={Date.parse(run.heldUntil)} /></b>
          </>
        )}
        : look around in it, then let it go.
      </p>
      <ShellButtons run={run.run} stages={stages} directory={directory} />
      <ActionButton action={releaseAction({ directory }, run.run)} />
    </section>
  );
}

/** A shell with the files that the stage left, or in one of its services. */
function ShellButtons({ run, stages, directory }: Omit<HeldBarProps, 'run'> & { readonly run: string }) {
  const [first] = stages;
  if (!first) return null;
  const several = stages.length > 1;
  const own = stages.map(({ stage }) => heldShellAction({ directory, run, stage, several }));
  const inServices = stages.flatMap(({ stage, services }) => services.map((service) => heldShellAction({ directory, run, stage, service, several })));
  const [main, ...others] = own;
  if (!main) return null;
  const rest = [...others, ...inServices];
  return (
    <Button.Group>
      <ActionButton action={{ ...main, label: 'Shell' }} />
      {rest.length > 0 && (
        <Menu position="bottom-end" width={230}>
          <Menu.Target>
            <Button px={8} aria-label="More shells of the held run">
              <ChevronDown size={14} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {[main, ...rest].map((action) => (
              <ActionItem key={action.id} action={action} />
            ))}
            <Menu.Divider />
            <CopyCommandsMenu actions={[main, ...rest]} />
          </Menu.Dropdown>
        </Menu>
      )}
    </Button.Group>
  );
}

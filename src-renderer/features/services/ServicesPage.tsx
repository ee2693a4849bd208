import { Button, Modal } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { ProjectView, SetView } from '#contract/project.ts';
import { upAction, type UpChoice } from '../../shell/actions.ts';
import { useEnvironment } from '../../state/environment.tsx';
import { useStats } from '../../state/feeds.ts';
import { useCall } from '../../state/use-call.ts';
import { useOperation } from '../../state/use-operation.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { ProjectGate } from '../welcome/ProjectGate.tsx';
import { EnvironmentDialog } from './EnvironmentDialog.tsx';
import { GuardBanner } from './GuardBanner.tsx';
import { LastOutcome } from './LastOutcome.tsx';
import { PlanView } from './PlanView.tsx';
import { rowsOf } from './rows.ts';
import { seriesOf } from './series.ts';
import { ServiceList } from './ServiceList.tsx';
import { ServicePanel } from './ServicePanel.tsx';
import { ServicesSkeleton } from './ServicesSkeleton.tsx';
import { SetHeader } from './SetHeader.tsx';
import style from './ServicesPage.module.css';

/** The services of the set in view; with `service`, that one's panel beside them. */
export function ServicesPage({ service }: { readonly service?: string | undefined }) {
  return <ProjectGate skeleton={<ServicesSkeleton />}>{(project, setView) => <SetServices key={`${project.directory} ${setView.name}`} project={project} setView={setView} service={service} />}</ProjectGate>;
}

type SetServicesProps = { readonly project: ProjectView; readonly setView: SetView; readonly service: string | undefined };

function SetServices({ project, setView, service }: SetServicesProps) {
  const { status, setStatus, running, fileChanges } = useEnvironment();
  const [, navigate] = useLocation();
  const [dialog, setDialog] = useState<'plan' | 'environment'>();
  const [choice, setChoice] = useState<UpChoice>({ down: [], remap: false });
  const progress = useOperation(running?.id);
  const rows = useMemo(() => rowsOf(project, setView, setStatus, running ? progress : undefined), [project, setView, setStatus, running, progress]);

  const state = setStatus?.state ?? 'down';
  const isDown = state === 'down' && !running;
  const place = { directory: project.directory, set: setView.name };
  const key = JSON.stringify(place);
  const stats = useStats(isDown ? undefined : place.directory, place.set);
  const series = useMemo(() => seriesOf(stats.value), [stats.value]);
  const plan = useCall(isDown || dialog === 'plan' ? `plan ${key}` : undefined, (backlot, signal) => backlot.stack.plan(place, signal), fileChanges);
  const environment = useCall(service !== undefined || dialog === 'environment' ? `env ${key} ${state}` : undefined, (backlot, signal) => backlot.stack.env(place, signal), fileChanges);

  const others = status.value?.sets.filter(({ name, state: other }) => name !== setView.name && other !== 'down').map(({ name }) => name) ?? [];
  const fitting = { down: choice.down.filter((name) => others.includes(name)), remap: choice.remap };
  const up = upAction(place, isDown ? fitting : { down: [], remap: false });

  const choose = (name: string | undefined) => navigate(name === undefined ? '/' : `/services/${encodeURIComponent(name)}`);
  const chosen = rows.find(({ name }) => name === service);
  useEscape(chosen !== undefined && dialog === undefined, () => choose(undefined));

  if (!status.value && status.error) {
    return (
      <div className={style.column}>
        <FailureCard failure={status.error} />
      </div>
    );
  }
  if (!status.value) return <ServicesSkeleton set={setView} since={status.since} />;
  return (
    <div className={style.page} data-panel={chosen !== undefined || undefined}>
      <div className={style.column}>
        <SetHeader setView={setView} state={state} rows={rows} running={running} up={up} onShowPlan={() => setDialog('plan')} onShowEnvironment={() => setDialog('environment')} />
        {status.error && <FailureCard failure={status.error} />}
        <GuardBanner project={project} set={setView.name} />
        <LastOutcome place={place} />
        {isDown ? <PlanView project={project} setView={setView} plan={plan} way={{ up, choice: fitting, others, onChoose: setChoice }} /> : <ServiceList rows={rows} series={series} chosen={service} busy={running !== undefined} onChoose={choose} />}
      </div>
      {chosen && <ServicePanel row={chosen} rows={rows} series={series.get(chosen.name)} environment={environment.value} busy={running !== undefined} onChoose={choose} />}
      <Modal opened={dialog === 'plan'} onClose={() => setDialog(undefined)} title={`What Up would do to ${setView.name}`} size={1000}>
        <PlanView project={project} setView={setView} plan={plan} />
        <Button mt={12} onClick={plan.reload} loading={plan.pending}>
          Work it out again
        </Button>
      </Modal>
      <EnvironmentDialog opened={dialog === 'environment'} call={environment} onClose={() => setDialog(undefined)} />
    </div>
  );
}

function useEscape(active: boolean, act: () => void): void {
  useEffect(() => {
    if (!active) return undefined;
    const onKey = (event: KeyboardEvent) => {
      const elsewhere = event.target instanceof HTMLElement && event.target.closest('input, .xterm, [role="menu"], [role="dialog"]');
      if (event.key === 'Escape' && !elsewhere && !event.defaultPrevented) act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

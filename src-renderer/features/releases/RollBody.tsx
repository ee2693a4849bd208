import type { OperationProgress, StageProgress } from '../../state/operations.ts';
import type { InstanceProgress } from '../../state/roll.ts';
import { MiddleCut } from '../../ui/MiddleCut.tsx';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { lookOfStage } from '../stages/stage-rows.ts';
import { KpiChart } from './KpiChart.tsx';
import { linesOfEvents } from './log-lines.ts';
import { lookOfInstance, shortRevision } from './release-words.ts';
import style from './RollBody.module.css';
import { RollLog } from './RollLog.tsx';

type RollBodyProps = { readonly progress: OperationProgress; readonly charts?: boolean };

/** A roll as its events tell of it: instances old → new, the checks against their bounds, stages after it, and the log. */
export function RollBody({ progress, charts = true }: RollBodyProps) {
  const instances = Object.values(progress.roll.instances);
  const checks = Object.values(progress.roll.checks);
  const stages = Object.values(progress.stages);
  const lines = linesOfEvents(progress.events);
  return (
    <div className={style.body}>
      {instances.length > 0 && (
        <ul className={style.matrix} aria-label="Instances">
          {instances.map((instance) => (
            <Instance key={instance.event.instance} instance={instance} />
          ))}
        </ul>
      )}
      {charts && checks.length > 0 && (
        <ul className={style.charts} aria-label="Checks">
          {checks.map((check) => (
            <KpiChart key={check.event.check} check={check} />
          ))}
        </ul>
      )}
      {stages.length > 0 && (
        <ul className={style.stages} aria-label="Stages after the roll">
          {stages.map((stage) => (
            <Stage key={stage.event.stage} stage={stage} />
          ))}
        </ul>
      )}
      {lines.length > 0 && <RollLog lines={lines} />}
    </div>
  );
}

function Instance({ instance: { event } }: { readonly instance: InstanceProgress }) {
  const { instance, state, revision, previous, why } = event;
  const look = lookOfInstance(state);
  return (
    <li className={style.instance} data-tone={look.tone} title={[`${instance}: ${look.label}`, why].filter(Boolean).join('\n')}>
      <span className={style.instanceHead}>
        <StateIcon look={look} size={13} />
        <b>
          <MiddleCut text={instance} />
        </b>
      </span>
      <span className={style.versions}>
        <code data-old={state === 'done' || undefined}>{previous === undefined ? 'nothing' : shortRevision(previous).slice(0, 8)}</code>
        <span aria-label="to">→</span>
        <code data-new={state === 'done' || state === 'returned' || undefined}>{shortRevision(revision).slice(0, 8)}</code>
      </span>
      <span className={style.instanceFoot}>{why ?? look.label}</span>
    </li>
  );
}

function Stage({ stage: { event } }: { readonly stage: StageProgress }) {
  const look = lookOfStage({ state: event.state });
  return (
    <li title={event.why}>
      <StateIcon look={look} size={13} /> {event.stage} <span className={style.soft}>{event.why ?? look.label}</span>
    </li>
  );
}

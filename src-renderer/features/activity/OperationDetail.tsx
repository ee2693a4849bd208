import { ActionIcon, Skeleton } from '@mantine/core';
import { X } from 'lucide-react';
import { useLocation } from 'wouter';
import type { OperationEvent, OperationSummary } from '#contract/operations.ts';
import { CancelButton } from '../../shell/CancelButton.tsx';
import { nameOfMethod, titleOf } from '../../shell/outcomes.ts';
import { useOperation } from '../../state/use-operation.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { bytes } from '../../ui/format.ts';
import { lookOfOperation, lookOfPhase } from '../../ui/phase.ts';
import { StateLabel } from '../../ui/StateIcon.tsx';
import style from './ActivityPage.module.css';

type OperationDetailProps = { readonly id: string; readonly operation: OperationSummary | undefined };

/** One operation's events as they come, with the way to cancel it while it runs. */
export function OperationDetail({ id, operation }: OperationDetailProps) {
  const progress = useOperation(id);
  const [, navigate] = useLocation();
  const start = Date.parse(progress.started ?? operation?.started ?? new Date().toISOString());
  return (
    <aside className={style.detail} aria-label="Events of the operation">
      <header className={style.head}>
        <div className={style.heading}>
          <h2 className={style.title}>{operation ? titleOf(operation) : id}</h2>
          {operation && (
            <div className={style.facts}>
              <StateLabel look={lookOfOperation(operation.state)} />
              <span>{new Date(operation.started).toLocaleString()}</span>
              <span>{operation.owner}</span>
            </div>
          )}
        </div>
        {operation?.state === 'running' && <CancelButton operation={id} />}
        <ActionIcon aria-label="Close the panel" onClick={() => navigate('/activity')}>
          <X size={16} />
        </ActionIcon>
      </header>
      <div className={style.content}>
        {progress.result?.error && <FailureCard failure={progress.result.error} />}
        {progress.events.length === 0 && <Skeleton height={120} />}
        <ol className={style.events} aria-live="off">
          {progress.events.map((event) => (
            <li key={event.sequence} className={style.event}>
              <span className={style.when} title={new Date(event.time).toLocaleTimeString()}>
                +{((Date.parse(event.time) - start) / 1000).toFixed(1)} s
              </span>
              <EventWords event={event} />
            </li>
          ))}
        </ol>
      </div>
    </aside>
  );
}

function EventWords({ event }: { readonly event: OperationEvent }) {
  switch (event.type) {
    case 'started':
      return <span className={`${style.words} ${style.wide}`}>{nameOfMethod(event.method)} started</span>;
    case 'message':
      return (
        <span className={`${style.words} ${style.wide}`} data-level={event.level}>
          {event.text}
          {event.fix && ` · ${event.fix}`}
        </span>
      );
    case 'service':
      return <ServiceWords event={event} />;
    case 'stage':
      return <span className={`${style.words} ${style.wide}`}>{[`${event.stage} ${event.state}`, event.why ?? event.phase].filter(Boolean).join(': ')}</span>;
    case 'test':
      return <span className={`${style.words} ${style.wide}`}>{[`${event.stage}: ${[...event.suite, event.name].join(' › ')} ${event.state}`, event.message].filter(Boolean).join(': ')}</span>;
    case 'instance':
      return <span className={`${style.words} ${style.wide}`}>{[`${event.target} ${event.instance} ${event.state}`, event.why].filter(Boolean).join(': ')}</span>;
    case 'kpi':
      return <span className={`${style.words} ${style.wide}`}>{`${event.check} ${event.state}: ${event.value ?? 'no value'} (${event.bound})`}</span>;
    case 'question':
      return <span className={`${style.words} ${style.wide}`}>{event.ended ? `${event.target}: ${event.answer ?? 'nobody answered'}` : `${event.target} waits for an answer: ${event.text}`}</span>;
    case 'build':
      return <span className={`${style.words} ${style.wide}`}>{`${event.name} ${event.state}`}</span>;
    case 'progress':
      return (
        <span className={`${style.words} ${style.wide}`}>
          {[event.about, event.phase].filter(Boolean).join(': ')} {amountOf(event)}
        </span>
      );
    case 'result':
      return <span className={`${style.words} ${style.wide}`}>{event.ok ? 'Done' : (event.error?.message ?? 'Failed')}</span>;
    default:
      return event satisfies never;
  }
}

function amountOf({ done, total, unit }: Extract<OperationEvent, { type: 'progress' }>): string {
  const words = unit === 'bytes' ? bytes : (count: number) => count.toLocaleString('en');
  return `${words(done)}${total === undefined ? '' : ` of ${words(total)}`}${unit === 'bytes' ? '' : ` ${unit}`}`;
}

function ServiceWords({ event: { service, state, phase, why, progress } }: { readonly event: Extract<OperationEvent, { type: 'service' }> }) {
  const [sentence, ...output] = (why ?? '').split('\n');
  const amount = progress?.unit === 'bytes' ? `${bytes(progress.done)}${progress.total ? ` of ${bytes(progress.total)}` : ''}` : undefined;
  return (
    <>
      <span className={style.service} title={service}>
        {service}
      </span>
      <span className={style.words}>
        <StateLabel look={lookOfPhase(state)} /> {[phase, amount, sentence].filter(Boolean).join(' · ')}
        {output.length > 0 && <pre>{output.join('\n')}</pre>}
      </span>
    </>
  );
}

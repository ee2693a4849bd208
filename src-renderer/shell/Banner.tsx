import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useConnection } from '../state/connection.ts';
import { useEngine } from '../state/feeds.ts';
import type { Tone } from '../ui/phase.ts';
import { lookOfPhase } from '../ui/phase.ts';
import { StateIcon } from '../ui/StateIcon.tsx';
import { Elapsed } from '../ui/Time.tsx';
import style from './Banner.module.css';
import { lookOfEngine } from './EngineChip.tsx';

/** The one thing that everybody has to know now: the connection is lost, or the engine does not answer. What was known stays in view below. */
export function Banner() {
  const { state, since, retry } = useConnection();
  const { value: engine } = useEngine();
  const content = (): ReactNode => {
    if (state.kind === 'lost') {
      return (
        <Line tone="warn" icon={<StateIcon look={lookOfPhase('restarting')} />} title="The connection to Backlot was lost." since={since} action={<Button onClick={retry}>Try again now</Button>}>
          What you see is as it was; Backlot reconnects by itself.
        </Line>
      );
    }
    if (!engine || engine.state === 'up') return null;
    const look = lookOfEngine(engine);
    const text = { connecting: 'Connecting to the engine', slow: 'The engine answers slowly', down: 'The engine does not answer' }[engine.state];
    return (
      <Line tone={look.tone} icon={<StateIcon look={look} />} title={text} since={Date.parse(engine.since)} action={engine.state === 'down' && <ReconnectButton />}>
        <code>{engine.endpoint}</code> <span className={style.rule}>({engine.rule})</span>
        {engine.error && <span> · {engine.error.message}</span>}
        {engine.error?.fix && <span> · {engine.error.fix}</span>}
      </Line>
    );
  };
  return (
    <div role="status" aria-live="polite">
      {content()}
    </div>
  );
}

function ReconnectButton() {
  const { state } = useConnection();
  return (
    <Button disabled={state.kind !== 'open'} onClick={() => state.kind === 'open' && void state.backlot.engine.reconnect({})}>
      Try again now
    </Button>
  );
}

type LineProps = { readonly tone: Tone; readonly icon: ReactNode; readonly title: string; readonly since: number; readonly action: ReactNode; readonly children: ReactNode };

function Line({ tone, icon, title, since, action, children }: LineProps) {
  return (
    <div className={style.banner} data-tone={tone}>
      {icon}
      <strong className={style.title}>{title}</strong>
      <span className={style.elapsed} aria-hidden="true">
        <Elapsed since={since} />
      </span>
      <span className={style.text}>{children}</span>
      {action}
    </div>
  );
}

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Where } from '#contract/errors.ts';
import { useConnection } from '../state/connection.ts';
import { useEnvironment } from '../state/environment.tsx';
import { useEngine } from '../state/feeds.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { textOfPlace } from '../ui/format.ts';
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
      <FilesLine />
    </div>
  );
}

/** What is wrong with the project's files, while what they said before is in view. Where nothing was known before, the page itself says it. */
function FilesLine() {
  const { project } = useEnvironment();
  if (!project.error || !project.value) return null;
  const { message, where, fix } = project.error;
  const action = (
    <Button onClick={project.reload} loading={project.pending}>
      Read them again
    </Button>
  );
  return (
    <Line tone="fail" icon={<StateIcon look={lookOfPhase('failed')} />} title="The project’s files have a fault." action={action}>
      {where && <PlaceOf where={where} />} {message}
      {fix && <span> · {fix}</span>} <span className={style.rule}>What you see is as it was before.</span>
    </Line>
  );
}

function PlaceOf({ where }: { readonly where: Where }) {
  const place = textOfPlace(where);
  return (
    <>
      <code>{place}</code> <CopyButton text={place} label="Copy the place" />
    </>
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

type LineProps = { readonly tone: Tone; readonly icon: ReactNode; readonly title: string; readonly since?: number; readonly action: ReactNode; readonly children: ReactNode };

function Line({ tone, icon, title, since, action, children }: LineProps) {
  return (
    <div className={style.banner} data-tone={tone}>
      {icon}
      <strong className={style.title}>{title}</strong>
      {since !== undefined && (
        <span className={style.elapsed} aria-hidden="true">
          <Elapsed since={since} />
        </span>
      )}
      <span className={style.text}>{children}</span>
      {action}
    </div>
  );
}

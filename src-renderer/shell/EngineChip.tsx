import { Button, Popover } from '@mantine/core';
import type { EngineState } from '#contract/engine.ts';
import { useBacklot } from '../state/connection.ts';
import { useEngine } from '../state/feeds.ts';
import { bytes } from '../ui/format.ts';
import type { Look } from '../ui/phase.ts';
import { StateIcon } from '../ui/StateIcon.tsx';
import { Ago, Elapsed } from '../ui/Time.tsx';
import style from './TopBar.module.css';

const LOOKS: Record<EngineState['state'], Look> = {
  connecting: { tone: 'busy', label: 'connecting', shape: 'spinner' },
  up: { tone: 'ready', label: 'Docker', shape: 'disc' },
  slow: { tone: 'warn', label: 'Docker is slow', shape: 'alert' },
  down: { tone: 'fail', label: 'Docker is not answering', shape: 'cross' },
};

/** How an engine state looks; before the core told one, it is `connecting`. */
export function lookOfEngine(engine: EngineState | undefined): Look {
  return LOOKS[engine?.state ?? 'connecting'];
}

/** The engine's state; opened, it says which endpoint, by which rule, since when, and what to do. */
export function EngineChip() {
  const { value: engine } = useEngine();
  const look = lookOfEngine(engine);
  return (
    <Popover position="bottom-end" width={340} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={style.chip} data-tone={look.tone}>
          <StateIcon look={look} size={12} />
          <span className="visually-hidden">Engine: </span>
          {engine?.state === 'up' && engine.context ? engine.context : look.label}
          {engine && engine.state !== 'up' && <Elapsed since={Date.parse(engine.since)} />}
        </button>
      </Popover.Target>
      <Popover.Dropdown>{engine ? <EngineCard engine={engine} /> : <p>Asking Backlot about the engine…</p>}</Popover.Dropdown>
    </Popover>
  );
}

function EngineCard({ engine }: { readonly engine: EngineState }) {
  const backlot = useBacklot();
  const look = lookOfEngine(engine);
  return (
    <div className={style.card}>
      <div className={style.cardHead}>
        <span>{engine.state === 'up' ? 'Connected' : look.label}</span>
        {engine.state !== 'up' && (
          <Button onClick={() => void backlot?.engine.reconnect({})} disabled={!backlot}>
            Try again now
          </Button>
        )}
      </div>
      <EngineFacts engine={engine} />
    </div>
  );
}

/** Everything that is known of the engine, as pairs. */
export function EngineFacts({ engine }: { readonly engine: EngineState }) {
  const { engine: details } = engine;
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ['Endpoint', <code key="endpoint">{engine.endpoint}</code>],
    ['Chosen by', engine.rule],
    ['Context', engine.context],
    ['Version', details && `${details.version} (API ${details.apiVersion})`],
    ['Machine', details && `${details.name}, ${details.os}/${details.architecture}`],
    ['Resources', details && `${details.cpus} CPUs, ${bytes(details.memory)}`],
    ['Answers in', engine.latency === undefined ? undefined : `${Math.round(engine.latency)} ms`],
    ['Since', <Ago key="since" at={engine.since} />],
    ['Problem', engine.error?.message],
    ['Cause', engine.error?.cause],
    ['Fix', engine.error?.fix],
  ];
  return (
    <dl className={style.facts}>
      {facts.map(
        ([name, value]) =>
          value !== undefined && (
            <div key={name} style={{ display: 'contents' }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

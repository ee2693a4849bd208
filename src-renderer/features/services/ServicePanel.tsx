import { ActionIcon } from '@mantine/core';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EnvironmentVariables } from '#contract/stack.ts';
import { serviceActions, usePlace } from '../../shell/actions.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { SAMPLES_KEPT } from '../../state/feeds.ts';
import { CopyButton, CopyText } from '../../ui/CopyButton.tsx';
import { bytes, percent } from '../../ui/format.ts';
import { KindIcon } from '../../ui/KindIcon.tsx';
import { lookOfPhase } from '../../ui/phase.ts';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { StateIcon, StateLabel } from '../../ui/StateIcon.tsx';
import { Ago } from '../../ui/Time.tsx';
import { addressesOf, isAlive, type ServiceRow } from './rows.ts';
import type { Series } from './series.ts';
import style from './ServicePanel.module.css';
import { Why } from './Why.tsx';

type ServicePanelProps = {
  readonly row: ServiceRow;
  readonly rows: readonly ServiceRow[];
  readonly series: Series | undefined;
  readonly variables: EnvironmentVariables['variables'];
  readonly busy: boolean;
  onChoose(service: string | undefined): void;
};

/** Everything that is known of one service. */
export function ServicePanel({ row, rows, series, variables, busy, onChoose }: ServicePanelProps) {
  const mine = variables.filter(({ service }) => service === row.name);
  return (
    <aside className={style.panel} aria-label={`Service ${row.name}`}>
      <header className={style.head}>
        <KindIcon kind={row.kind} size={30} />
        <div className={style.heading}>
          <h2 className={style.title} title={row.name}>
            {row.name}
          </h2>
          <StateLabel look={lookOfPhase(row.state)} />
        </div>
        <ActionIcon aria-label="Close the panel" title="Close (Esc)" onClick={() => onChoose(undefined)}>
          <X size={16} />
        </ActionIcon>
      </header>
      <div className={style.content}>
        <PanelButtons row={row} busy={busy} />
        {row.why && <Why text={row.why} />}
        <Connection row={row} variables={mine} />
        {series && <Resources series={series} name={row.name} />}
        <Neighbours row={row} rows={rows} onChoose={onChoose} />
        {mine.length > 0 && <Variables variables={mine} />}
        <Container row={row} />
      </div>
    </aside>
  );
}

function PanelButtons({ row, busy }: { readonly row: ServiceRow; readonly busy: boolean }) {
  const place = usePlace();
  if (!place) return null;
  const actions = serviceActions(place, row.name);
  const exists = row.status?.containerId !== undefined;
  const runs = exists && isAlive(row.state);
  return (
    <div className={style.buttons}>
      {runs ? <ActionButton action={actions.restart} disabled={busy} /> : <ActionButton action={actions.start} disabled={busy} />}
      <ActionButton action={actions.logs} />
      <ActionButton action={actions.shell} disabled={!runs} />
      <ActionButton action={{ ...actions.stop, label: 'Stop' }} disabled={busy || !exists} />
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={style.part}>
      <h3 className={style.partTitle}>{title}</h3>
      {children}
    </section>
  );
}

function Connection({ row, variables }: { readonly row: ServiceRow; readonly variables: EnvironmentVariables['variables'] }) {
  const url = variables.find(({ value }) => value.includes('://'))?.value;
  const addresses = addressesOf(row);
  return (
    <Part title="Connect">
      <dl className={style.facts}>
        {url && (
          <Fact name="URL">
            <CopyText text={url} label={`Copy the connection URL of ${row.name}`} />
          </Fact>
        )}
        {addresses.map((address, position) => (
          <Fact key={address} name={position === 0 ? 'Address' : ''}>
            <CopyText text={address} label={`Copy ${address}`} />
          </Fact>
        ))}
        <Fact name="Ports">
          {row.ports.length === 0 ? 'none' : row.ports.map(({ container, host, protocol }) => `${container}/${protocol}${host === undefined ? '' : ` → ${host}`}`).join(', ')}
        </Fact>
        <Fact name="Names">
          <ul className={style.names}>
            {row.names.map((name) => (
              <li key={name}>
                <CopyText text={name} label={`Copy the name ${name}`} />
              </li>
            ))}
          </ul>
        </Fact>
      </dl>
    </Part>
  );
}

function Resources({ series: { cpu, memory, latest }, name }: { readonly series: Series; readonly name: string }) {
  return (
    <Part title="Resources">
      <div className={style.charts}>
        <div>
          <span className={style.figure}>
            {percent(latest.cpu)} <small>CPU</small>
          </span>
          <Sparkline values={cpu} top={0.1} capacity={SAMPLES_KEPT} label={`CPU of ${name}`} width={158} height={38} />
        </div>
        <div>
          <span className={style.figure}>
            {bytes(latest.memory)} <small>{latest.memoryLimit ? `of ${bytes(latest.memoryLimit)}` : 'memory'}</small>
          </span>
          <Sparkline values={memory} top={latest.memory * 1.6} capacity={SAMPLES_KEPT} label={`Memory of ${name}`} width={158} height={38} />
        </div>
      </div>
      <dl className={style.facts}>
        <Fact name="Network">
          {bytes(latest.networkReceived)} in, {bytes(latest.networkSent)} out
        </Fact>
        <Fact name="Disk">
          {bytes(latest.blockRead)} read, {bytes(latest.blockWritten)} written
        </Fact>
      </dl>
    </Part>
  );
}

function Neighbours({ row, rows, onChoose }: Pick<ServicePanelProps, 'row' | 'rows' | 'onChoose'>) {
  const link = (name: string, detail?: string) => {
    const other = rows.find((candidate) => candidate.name === name);
    return (
      <li key={name}>
        <button type="button" className={style.neighbour} disabled={!other} onClick={() => onChoose(name)}>
          <StateIcon look={lookOfPhase(other?.state ?? 'absent')} size={12} />
          {name}
          {detail && <span className={style.condition}>{detail}</span>}
        </button>
      </li>
    );
  };
  if (row.dependsOn.length === 0 && row.neededBy.length === 0) return null;
  return (
    <Part title="Dependencies">
      <dl className={style.facts}>
        {row.dependsOn.length > 0 && (
          <Fact name="Needs">
            <ul className={style.neighbours}>{row.dependsOn.map(({ service, condition }) => link(service, condition))}</ul>
          </Fact>
        )}
        {row.neededBy.length > 0 && (
          <Fact name="Needed by">
            <ul className={style.neighbours}>{row.neededBy.map((name) => link(name))}</ul>
          </Fact>
        )}
        {row.because && <Fact name="In the set">{row.because}</Fact>}
      </dl>
    </Part>
  );
}

function Variables({ variables }: { readonly variables: EnvironmentVariables['variables'] }) {
  return (
    <Part title="Variables for this machine">
      <ul className={style.variables}>
        {variables.map(({ name, value }) => (
          <li key={name}>
            <code title={`${name}=${value}`}>
              <b>{name}</b>={value}
            </code>
            <CopyButton text={`${name}=${value}`} label={`Copy ${name}`} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Container({ row: { status, image } }: { readonly row: ServiceRow }) {
  return (
    <Part title="Container">
      <dl className={style.facts}>
        <Fact name="Image">
          <CopyText text={image} label="Copy the image" />
        </Fact>
        {status?.container && (
          <Fact name="Name">
            <CopyText text={status.container} label="Copy the container’s name" />
          </Fact>
        )}
        {status?.containerId && (
          <Fact name="Id">
            <CopyText text={status.containerId} shown={status.containerId.slice(0, 12)} label="Copy the container’s id" />
          </Fact>
        )}
        {status?.addresses.container && <Fact name="In the network">{status.addresses.container}</Fact>}
        {status?.started && (
          <Fact name="Started">
            <Ago at={status.started} /> · {new Date(status.started).toLocaleTimeString()}
          </Fact>
        )}
        {status && <Fact name="Restarts">{status.restarts}</Fact>}
        {status?.exitCode !== undefined && <Fact name="Exit code">{status.exitCode}</Fact>}
      </dl>
    </Part>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

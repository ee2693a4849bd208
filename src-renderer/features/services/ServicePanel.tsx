import { ActionIcon } from '@mantine/core';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { EnvironmentVariables } from '#contract/stack.ts';
import { serviceActions, usePlace } from '../../shell/actions.ts';
import { namesOfPath } from '../../shell/name-actions.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { SAMPLES_KEPT } from '../../state/feeds.ts';
import { CopyButton, CopyText } from '../../ui/CopyButton.tsx';
import { bytes, percent } from '../../ui/format.ts';
import { KindIcon } from '../../ui/KindIcon.tsx';
import { MiddleCut } from '../../ui/MiddleCut.tsx';
import { lookOfPhase } from '../../ui/phase.ts';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { StateIcon, StateLabel } from '../../ui/StateIcon.tsx';
import { Tag } from '../../ui/Tag.tsx';
import { Ago } from '../../ui/Time.tsx';
import { connectionsOf } from './connections.ts';
import { ReplicaList } from './ReplicaList.tsx';
import { addressesOf, isAlive, type ServiceRow } from './rows.ts';
import type { Series } from './series.ts';
import style from './ServicePanel.module.css';
import { Why } from './Why.tsx';

type ServicePanelProps = {
  readonly row: ServiceRow;
  readonly rows: readonly ServiceRow[];
  readonly series: Series | undefined;
  readonly environment: EnvironmentVariables | undefined;
  readonly busy: boolean;
  onChoose(service: string | undefined): void;
};

/** Everything that is known of one service. */
export function ServicePanel({ row, rows, series, environment, busy, onChoose }: ServicePanelProps) {
  const mine = environment?.variables.filter(({ service }) => service === row.name) ?? [];
  return (
    <aside className={style.panel} aria-label={`Service ${row.name}`}>
      <header className={style.head}>
        <KindIcon kind={row.kind} size={30} />
        <div className={style.heading}>
          <h2 className={style.title} title={row.name}>
            <MiddleCut text={row.name} />
          </h2>
          <span className={style.under}>
            <StateLabel look={lookOfPhase(row.state)} />
            {row.component !== undefined && <span title="The component that it comes from">from {row.component}</span>}
          </span>
        </div>
        <ActionIcon aria-label="Close the panel" title="Close (Esc)" onClick={() => onChoose(undefined)}>
          <X size={16} />
        </ActionIcon>
      </header>
      <div className={style.content}>
        <PanelButtons row={row} busy={busy} />
        {row.state === 'swapped' && <SwapNote row={row} />}
        {row.why && row.state !== 'swapped' && <Why text={row.why} />}
        <Connection row={row} environment={environment} />
        {row.replicas.length > 0 && (
          <Part title={`Containers (${row.replicas.length})`}>
            <ReplicaList replicas={row.replicas} />
          </Part>
        )}
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
      {row.state === 'swapped' && <ActionButton action={actions.giveBack} disabled={busy} variant="filled" />}
      {row.state !== 'swapped' && <ActionButton action={runs ? actions.restart : actions.start} disabled={busy} />}
      <ActionButton action={actions.logs} />
      <ActionButton action={actions.shell} disabled={!runs} />
      <ActionButton action={{ ...actions.stop, label: 'Stop' }} disabled={busy || !exists} />
      {row.state !== 'swapped' && <ActionButton action={{ ...actions.swap, label: 'Swap…' }} disabled={busy || !exists} />}
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

/** Where a swapped service leads. The core says why only where nothing answers there. */
function SwapNote({ row: { swappedTo, why } }: { readonly row: ServiceRow }) {
  return (
    <div className={style.swap} data-silent={why !== undefined || undefined}>
      <StateIcon look={why === undefined ? lookOfPhase('swapped') : lookOfPhase('unhealthy')} size={16} />
      <p>
        Its names and ports lead to <code>{swappedTo.join(', ')}</code>. {why === undefined ? 'It answers.' : `${why}: start the process there, or give the place back.`}
      </p>
    </div>
  );
}

function Connection({ row, environment }: { readonly row: ServiceRow; readonly environment: EnvironmentVariables | undefined }) {
  const connections = connectionsOf(row, environment);
  const addresses = addressesOf(row);
  const many = connections.length > 1;
  return (
    <Part title="Connect">
      <dl className={style.facts}>
        {connections.map(({ port, inside, host }) => (
          <Fact key={port} name={many && port !== undefined ? `Port ${port}` : 'URL'}>
            <ul className={style.urls}>
              {host !== undefined && <ConnectionString url={host} where="from this machine" service={row.name} />}
              {inside !== undefined && <ConnectionString url={inside} where="in the set’s network" service={row.name} />}
            </ul>
          </Fact>
        ))}
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
            {row.names.slice(0, MOST_NAMES).map((name) => (
              <li key={name}>
                <CopyText text={name} label={`Copy the name ${name}`} />
              </li>
            ))}
          </ul>
          <Link href={namesOfPath(row.name)} className={style.more}>
            {row.names.length > MOST_NAMES ? `All ${row.names.length} names` : 'Where each leads'}
          </Link>
        </Fact>
        {row.standsFor.length > 0 && (
          <Fact name="Stands for">
            <span className={style.tags}>
              {row.standsFor.map((name) => (
                <Tag key={name} tone="accent">
                  {name}
                </Tag>
              ))}
            </span>
          </Fact>
        )}
      </dl>
    </Part>
  );
}

/** Names shown before the rest is left to the page of names. */
const MOST_NAMES = 6;

function ConnectionString({ url, where, service }: { readonly url: string; readonly where: string; readonly service: string }) {
  return (
    <li>
      <CopyText text={url} label={`Copy how to reach ${service} ${where}`} />
      <small>{where}</small>
    </li>
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
    const other = rows.find((candidate) => candidate.name === name) ?? rows.find((candidate) => candidate.standsFor.includes(name));
    const stoodFor = other !== undefined && other.name !== name;
    return (
      <li key={name}>
        <button type="button" className={style.neighbour} disabled={!other} title={stoodFor ? `${other.name} stands in for it` : name} onClick={() => onChoose(other?.name)}>
          <StateIcon look={lookOfPhase(other?.state ?? 'absent')} size={12} />
          <MiddleCut text={name} />
          {(stoodFor || detail) && <span className={style.condition}>{stoodFor ? 'stand-in' : detail}</span>}
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

import { ActionIcon, Menu } from '@mantine/core';
import { Copy, Ellipsis, FileText, SquareTerminal } from 'lucide-react';
import { Fragment, useState } from 'react';
import { fittingActions, serviceActions, usePlace } from '../../shell/actions.ts';
import { ActionItem, CopyCommandsMenu } from '../../shell/ActionParts.tsx';
import { SAMPLES_KEPT } from '../../state/feeds.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { copyText } from '../../ui/copy.ts';
import { bytes, counted, percent } from '../../ui/format.ts';
import { KindIcon } from '../../ui/KindIcon.tsx';
import { MiddleCut } from '../../ui/MiddleCut.tsx';
import { ProgressLine } from '../../ui/ProgressLine.tsx';
import { lookOfPhase } from '../../ui/phase.ts';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { Ago, Elapsed } from '../../ui/Time.tsx';
import { addressesOf, isAlive, needsAttention, statesInWords, type ServiceRow } from './rows.ts';
import type { Series } from './series.ts';
import style from './ServiceLine.module.css';
import table from './ServiceTable.module.css';
import { Why } from './Why.tsx';

type ServiceLineProps = {
  readonly row: ServiceRow;
  readonly series: Series | undefined;
  readonly chosen: boolean;
  readonly busy: boolean;
  readonly position: number;
  onChoose(service: string | undefined): void;
};

/** One service in the table. One that failed says why below its line. */
export function ServiceLine({ row, series, chosen, busy, position, onChoose }: ServiceLineProps) {
  const expanded = needsAttention(row) && row.why !== undefined && !chosen;
  return (
    <div className={style.entry} data-chosen={chosen || undefined} data-attention={lookOfPhase(row.state).tone}>
      <div role="row" aria-rowindex={position} className={table.line} onClick={() => onChoose(chosen ? undefined : row.name)}>
        <div role="cell" className={style.service}>
          <KindIcon kind={row.kind} />
          <div className={style.two}>
            <button
              type="button"
              className={style.name}
              data-service={row.name}
              aria-expanded={chosen}
              title={row.name}
              onClick={(event) => {
                event.stopPropagation();
                onChoose(chosen ? undefined : row.name);
              }}
            >
              <MiddleCut text={row.name} />
              {row.replicas.length > 0 && <span className={style.replicas}>×{row.replicas.length}</span>}
            </button>
            <span className={style.image} title={row.component === undefined ? row.image : `${row.image}\nfrom the component ${row.component}`}>
              {row.component !== undefined && <span className={style.component}>{row.component} · </span>}
              {row.image}
            </span>
          </div>
        </div>
        <div role="cell">
          <StateCell row={row} />
        </div>
        <div role="cell" className={style.address} data-faint={!isAlive(row.state) || undefined}>
          <AddressCell row={row} />
        </div>
        <div role="cell" className={`${table.names} ${style.names}`} title={row.names.join('\n')}>
          {row.names.map((name, index) => (
            <Fragment key={name}>{index > 0 ? `, ${name}` : name}</Fragment>
          ))}
        </div>
        <div role="cell" className={table.cpu}>
          {series && <Meter label={`CPU of ${row.name}`} values={series.cpu} top={0.1} shown={percent(series.latest.cpu)} />}
        </div>
        <div role="cell" className={table.memory}>
          {series && <Meter label={`Memory of ${row.name}`} values={series.memory} top={series.latest.memory * 1.6} shown={bytes(series.latest.memory)} />}
        </div>
        <div role="cell" className={`${table.started} ${style.started}`}>
          {row.status?.started && <Ago at={row.status.started} />}
          {row.status !== undefined && row.status.restarts > 0 && <span className={style.restarts}>{counted(row.status.restarts, 'restart')}</span>}
        </div>
        <div role="cell" className={table.actions} onClick={(event) => event.stopPropagation()}>
          <LineActions row={row} busy={busy} />
        </div>
      </div>
      {expanded && (
        <div className={style.why} role="row">
          <div role="cell">
            <Why text={row.why ?? ''} compact />
          </div>
        </div>
      )}
    </div>
  );
}

function StateCell({ row }: { readonly row: ServiceRow }) {
  const { doing, since } = row;
  const progress = doing?.progress;
  const share = progress?.total ? progress.done / progress.total : undefined;
  const detail = doing?.phase ?? (doing ? doing.why : undefined) ?? stateDetail(row);
  return (
    <div className={style.state}>
      <span className={style.stateLine}>
        <StateLabel look={lookOfPhase(row.state)} />
        {since !== undefined && row.state !== 'failed' && (
          <span className={style.elapsed}>
            <Elapsed since={since} />
          </span>
        )}
      </span>
      {progress && <ProgressLine share={share} label={`${row.name}: ${row.state}`} />}
      {(detail ?? progress) && (
        <span className={style.detail} title={detail} data-warn={(row.state === 'swapped' && row.why !== undefined) || undefined}>
          {progress?.unit === 'bytes' ? `${bytes(progress.done)}${progress.total ? ` of ${bytes(progress.total)}` : ''}` : detail}
        </span>
      )}
    </div>
  );
}

/** States that need nobody's attention by themselves, and whose reason stands beside them. */
const SAYS_WHY: readonly ServiceRow['state'][] = ['waiting', 'created', 'stopped', 'absent'];

/** What belongs beside the state: what it waits for, why it does not run, where a swapped one leads, whose names it answers to as well. */
function stateDetail({ state, why, swappedTo, standsFor, replicas }: ServiceRow): string | undefined {
  if (replicas.some((replica) => replica.state !== state)) return statesInWords(replicas);
  if (why !== undefined && SAYS_WHY.includes(state)) return why;
  if (state === 'swapped') return why ?? `to ${swappedTo.join(', ')}`;
  return standsFor.length > 0 ? `stands for ${standsFor.join(', ')}` : undefined;
}

function AddressCell({ row }: { readonly row: ServiceRow }) {
  const [first, ...others] = addressesOf(row);
  if (first === undefined) return <span className={style.none}>{row.state === 'ready' ? 'in the set only' : ''}</span>;
  return (
    <span className={style.addressLine} onClick={(event) => event.stopPropagation()}>
      <CopyText text={first} label={`Copy the address of ${row.name}`} />
      {others.length > 0 && (
        <span className={style.more} title={others.join('\n')}>
          +{others.length}
        </span>
      )}
    </span>
  );
}

type MeterProps = { readonly label: string; readonly values: readonly number[]; readonly top: number; readonly shown: string };

function Meter({ label, values, top, shown }: MeterProps) {
  return (
    <span className={style.meter}>
      <Sparkline values={values} top={top} capacity={SAMPLES_KEPT} label={`${label}: ${shown}`} width={56} />
      <span className={style.value}>{shown}</span>
    </span>
  );
}

function LineActions({ row, busy }: { readonly row: ServiceRow; readonly busy: boolean }) {
  const place = usePlace();
  const [opened, setOpened] = useState(false);
  if (!place) return null;
  const actions = serviceActions(place, row.name);
  const runs = row.status?.containerId !== undefined && isAlive(row.state);
  const isSwapped = row.state === 'swapped';
  const [address] = addressesOf(row);
  return (
    <span className={style.tools} data-opened={opened || undefined}>
      <ActionIcon aria-label={`Logs of ${row.name}`} title="Logs" onClick={() => actions.logs.run()}>
        <FileText size={15} />
      </ActionIcon>
      <ActionIcon aria-label={`Shell in ${row.name}`} title="Shell" disabled={!runs} onClick={() => actions.shell.run()}>
        <SquareTerminal size={15} />
      </ActionIcon>
      <Menu position="bottom-end" width={300} opened={opened} onChange={setOpened}>
        <Menu.Target>
          <ActionIcon aria-label={`More for ${row.name}`}>
            <Ellipsis size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {!runs && !isSwapped && <ActionItem action={actions.start} disabled={busy} />}
          <ActionItem action={actions.restart} disabled={busy || !row.status?.containerId} />
          <ActionItem action={actions.stop} disabled={busy || !row.status?.containerId} />
          <Menu.Divider />
          {isSwapped ? <ActionItem action={actions.giveBack} disabled={busy} /> : <ActionItem action={actions.swap} disabled={busy || !row.status?.containerId} />}
          <ActionItem action={actions.names} />
          <Menu.Divider />
          {address && <Menu.Item leftSection={<Copy size={14} />} onClick={() => void copyText(address, 'Address copied')}>Copy the address</Menu.Item>}
          {row.status?.container && <Menu.Item leftSection={<Copy size={14} />} onClick={() => void copyText(row.status?.container ?? '', 'Container name copied')}>Copy the container’s name</Menu.Item>}
          <CopyCommandsMenu actions={fittingActions(actions, isSwapped)} />
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}

import { ActionIcon, Menu, SegmentedControl, TextInput } from '@mantine/core';
import { ArrowDown, ArrowUp, Clock, Copy, Download, Eraser, ListFilter, Search, WrapText, X } from 'lucide-react';
import { useRef, type KeyboardEvent } from 'react';
import { copyText } from '../../ui/copy.ts';
import type { ExportForm } from './export-lines.ts';
import type { LogFilter, Severity } from './log-filter.ts';
import type { Timestamps } from './log-time.ts';
import { useLogsChoice } from './logs-choice.ts';
import style from './LogsPage.module.css';
import { parseQuery } from './query.ts';

type LogToolbarProps = {
  readonly filter: LogFilter;
  readonly hits: string | undefined;
  /** The command line that shows the same. */
  readonly command: string;
  onFilter(change: Partial<LogFilter>): void;
  onMatch(by: 1 | -1): void;
  /** The person is done with the filter box. */
  onLeave(): void;
  onClear(): void;
  onExport(form: ExportForm): void;
};

/** Everything that decides what of the logs is seen, and how. */
export function LogToolbar(props: LogToolbarProps) {
  const { filter, onFilter } = props;
  return (
    <div className={style.toolbar}>
      <FilterBox {...props} />
      <SegmentedControl
        aria-label="Level"
        value={filter.severity}
        onChange={(severity) => onFilter({ severity: severity as Severity })}
        data={[
          { value: 'all', label: 'All levels' },
          { value: 'warnings', label: 'Warnings' },
          { value: 'errors', label: 'Errors' },
        ]}
      />
      <button type="button" className={style.toggle} aria-pressed={filter.stream === 'stderr'} title="Only what was written to stderr" onClick={() => onFilter({ stream: filter.stream === 'all' ? 'stderr' : 'all' })}>
        stderr
      </button>
      <span className={style.space} />
      <ViewTools {...props} />
    </div>
  );
}

function FilterBox({ filter, hits, onFilter, onMatch, onLeave }: LogToolbarProps) {
  const box = useRef<HTMLInputElement>(null);
  const query = parseQuery(filter.text);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') onMatch(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') filter.text === '' ? onLeave() : onFilter({ text: '' });
    else if (event.key === 'ArrowDown') onLeave();
    else return;
    event.preventDefault();
  };
  return (
    <div className={style.filter}>
      <TextInput
        ref={box}
        className={style.filterBox}
        data-filter
        aria-label="Filter lines by text or /regular expression/"
        placeholder="Text or /regular expression/"
        leftSection={<Search size={14} />}
        rightSection={filter.text !== '' && <ClearBox onClick={() => (onFilter({ text: '' }), box.current?.focus())} />}
        value={filter.text}
        error={query.kind === 'invalid' ? query.why : undefined}
        errorProps={{ className: style.filterError }}
        spellCheck={false}
        autoComplete="off"
        onChange={({ currentTarget }) => onFilter({ text: currentTarget.value })}
        onKeyDown={onKeyDown}
      />
      {hits !== undefined && (
        <>
          <span className={style.hits}>{hits}</span>
          <Tool label="Previous match (Shift Enter)" onClick={() => onMatch(-1)} icon={<ArrowUp size={15} />} />
          <Tool label="Next match (Enter)" onClick={() => onMatch(1)} icon={<ArrowDown size={15} />} />
          <Tool label="Hide lines that do not match" pressed={filter.onlyMatches} onClick={() => onFilter({ onlyMatches: !filter.onlyMatches })} icon={<ListFilter size={15} />} />
        </>
      )}
    </div>
  );
}

function ClearBox({ onClick }: { onClick(): void }) {
  return <ActionIcon size={20} aria-label="Clear the filter" onClick={onClick}><X size={13} /></ActionIcon>;
}

const TIMES: readonly { readonly form: Timestamps; readonly label: string }[] = [
  { form: 'absolute', label: 'Time of day' },
  { form: 'relative', label: 'How long ago' },
  { form: 'off', label: 'No times' },
];

function ViewTools({ command, onClear, onExport }: LogToolbarProps) {
  const { wrap, timestamps, setWrap, setTimestamps } = useLogsChoice();
  return (
    <div className={style.tools}>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label="Times" title="Times"><Clock size={15} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {TIMES.map(({ form, label }) => (
            <Menu.Item key={form} role="menuitemradio" aria-checked={timestamps === form} rightSection={timestamps === form ? '✓' : undefined} onClick={() => setTimestamps(form)}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Tool label="Wrap long lines" pressed={wrap} onClick={() => setWrap(!wrap)} icon={<WrapText size={15} />} />
      <Tool label="Clear the view" onClick={onClear} icon={<Eraser size={15} />} />
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label="Export" title="Export"><Download size={15} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>The lines that are shown</Menu.Label>
          <Menu.Item onClick={() => onExport('text')}>As text</Menu.Item>
          <Menu.Item onClick={() => onExport('ndjson')}>As NDJSON</Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<Copy size={14} />} title={command} onClick={() => void copyText(command, 'Command copied')}>
            Copy as command
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

type ToolProps = { readonly label: string; readonly icon: React.ReactNode; readonly pressed?: boolean; onClick(): void };

function Tool({ label, icon, pressed, onClick }: ToolProps) {
  return (
    <ActionIcon className={style.tool} aria-label={label} title={label} {...(pressed !== undefined && { 'aria-pressed': pressed })} onClick={onClick}>
      {icon}
    </ActionIcon>
  );
}

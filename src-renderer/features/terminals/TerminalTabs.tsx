import { ActionIcon, Menu } from '@mantine/core';
import { AArrowDown, AArrowUp, Accessibility, Ellipsis, Search, SquareTerminal, X } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { ShellRequest } from '../../state/dock.ts';
import { NewShellMenu } from './NewShellMenu.tsx';
import style from './TerminalDock.module.css';
import { FONT_SIZES, useTerminals, type Tab } from './terminals-store.ts';

type TerminalTabsProps = {
  readonly finding: boolean;
  onFind(): void;
  onOpen(request: ShellRequest): void;
  onClose(key: string): void;
};

/** The strip of tabs with what can be done about all of them. */
export function TerminalTabs({ finding, onFind, onOpen, onClose }: TerminalTabsProps) {
  const { tabs, active, activate } = useTerminals();
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const next = { ArrowLeft: tabs[index - 1], ArrowRight: tabs[index + 1], Home: tabs[0], End: tabs.at(-1) }[event.key];
    if (event.key === 'Delete') onClose(tabs[index]?.key ?? '');
    else if (event.key === 'Enter' || event.key === 'ArrowDown') focusTerminal(tabs[index]);
    else if (next) {
      activate(next.key);
      document.getElementById(`tab-${next.key}`)?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <div className={style.strip}>
      <div className={style.tabs} role="tablist" aria-label="Terminals">
        {tabs.map((tab, index) => (
          <div key={tab.key} className={style.tab} data-active={tab.key === active} data-state={tab.state.kind}>
            <button
              type="button"
              role="tab"
              id={`tab-${tab.key}`}
              className={style.tabName}
              aria-selected={tab.key === active}
              aria-controls={`terminal-${tab.key}`}
              tabIndex={tab.key === active ? 0 : -1}
              title={describe(tab)}
              onClick={() => activate(tab.key)}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              <SquareTerminal size={13} aria-hidden="true" />
              <span>{placeOf(tab)}</span>
              {tab.title !== '' && <span className={style.title}>{tab.title}</span>}
              {tab.state.kind === 'ended' && <span className={style.badge}>{tab.state.exitCode === undefined ? 'ended' : `exit ${tab.state.exitCode}`}</span>}
            </button>
            <button type="button" className={style.tabClose} tabIndex={-1} aria-label={`Close ${describe(tab)}`} title="Close the shell" onClick={() => onClose(tab.key)}>
              <X size={12} />
            </button>
          </div>
        ))}
      </div>
      <NewShellMenu onOpen={onOpen} />
      <span className={style.space} />
      {tabs.length > 0 && <span className={style.hint}>F6 leaves the terminal</span>}
      {tabs.length > 0 && (
        <ActionIcon size={26} aria-label="Find in the terminal" title="Find (Ctrl Shift F)" aria-pressed={finding} onClick={onFind}>
          <Search size={14} />
        </ActionIcon>
      )}
      <LookMenu />
    </div>
  );
}

function LookMenu() {
  const { fontSize, screenReader, setFontSize, setScreenReader } = useTerminals();
  return (
    <Menu position="top-end" closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon size={26} aria-label="Look of the terminals" title="Look of the terminals"><Ellipsis size={15} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<AArrowUp size={15} />} onClick={() => setFontSize(fontSize + 1)}>Larger text</Menu.Item>
        <Menu.Item leftSection={<AArrowDown size={15} />} onClick={() => setFontSize(fontSize - 1)}>Smaller text</Menu.Item>
        <Menu.Item onClick={() => setFontSize(FONT_SIZES.usual)}>Usual size ({FONT_SIZES.usual})</Menu.Item>
        <Menu.Divider />
        <Menu.Item role="menuitemcheckbox" aria-checked={screenReader} leftSection={<Accessibility size={15} />} rightSection={screenReader ? '✓' : undefined} onClick={() => setScreenReader(!screenReader)}>
          For a screen reader
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function placeOf({ request: { service, run, stage } }: Tab): string {
  if (run === undefined) return service ?? 'This machine';
  return service === undefined ? `${stage ?? 'stage'} (held)` : `${service} of ${stage ?? run}`;
}

function describe(tab: Tab): string {
  const { request: { run, set, directory }, title } = tab;
  return [placeOf(tab), run ?? set, directory.split('/').at(-1), title].filter((part) => part).join(' · ');
}

function focusTerminal(tab: Tab | undefined): void {
  if (tab) document.getElementById(`terminal-${tab.key}`)?.querySelector<HTMLElement>('textarea')?.focus();
}

import { Button, Menu, type ButtonProps } from '@mantine/core';
import { Copy } from 'lucide-react';
import { useState, type MouseEvent } from 'react';
import { copyText } from '../ui/copy.ts';
import type { Action } from './actions.ts';
import { withoutFolder } from './command-lines.ts';
import style from './ActionParts.module.css';

type ActionButtonProps = ButtonProps & { readonly action: Action };

/** Runs an action at a click; the second click of a double click is none of its own. */
export const atClick = ({ run }: Action) => ({ detail }: MouseEvent): void => (detail > 1 ? undefined : run());

/** A button that runs an action. Its title is the command line; its context menu copies it. */
export function ActionButton({ action, ...button }: ActionButtonProps) {
  const [opened, setOpened] = useState(false);
  const Icon = action.icon;
  return (
    <Menu opened={opened} onChange={setOpened} trigger="hover" openDelay={1e9} position="bottom-end">
      <Menu.Target>
        <Button
          leftSection={<Icon size={13} />}
          title={`${action.command}\nRight click to copy as command`}
          onClick={atClick(action)}
          onContextMenu={(event) => {
            event.preventDefault();
            setOpened(true);
          }}
          {...button}
        >
          {action.label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <CopyCommandItem action={action} label="Copy as command" />
      </Menu.Dropdown>
    </Menu>
  );
}

/** A menu item that runs an action. */
export function ActionItem({ action, disabled = false }: { readonly action: Action; readonly disabled?: boolean }) {
  const Icon = action.icon;
  return (
    <Menu.Item leftSection={<Icon size={14} />} title={action.command} disabled={disabled} onClick={() => action.run()}>
      {action.label}
    </Menu.Item>
  );
}

/** A submenu with the command line of every action. */
export function CopyCommandsMenu({ actions }: { readonly actions: readonly Action[] }) {
  return (
    <Menu.Sub>
      <Menu.Sub.Target>
        <Menu.Sub.Item leftSection={<Copy size={14} />}>Copy as command</Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown>
        {actions.map((action) => (
          <CopyCommandItem key={action.id} action={action} label={action.label} />
        ))}
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}

function CopyCommandItem({ action, label }: { readonly action: Action; readonly label: string }) {
  return (
    <Menu.Item leftSection={<Copy size={14} />} onClick={() => void copyText(action.command, 'Command copied')}>
      <span className={style.entry}>
        {label}
        <code className={style.command} title={action.command}>
          {withoutFolder(action.command)}
        </code>
      </span>
    </Menu.Item>
  );
}

import { Menu } from '@mantine/core';
import { Check, ChevronsUpDown, FolderOpen, X } from 'lucide-react';
import { useBacklot } from '../state/connection.ts';
import { useChoice } from '../state/choice.ts';
import { useEnvironment } from '../state/environment.tsx';
import { openFolderDialog } from './OpenFolder.tsx';
import style from './TopBar.module.css';

/** Which project is in view, and the way to another. */
export function ProjectSwitch() {
  const { projects, directory, project } = useEnvironment();
  const chooseProject = useChoice((state) => state.chooseProject);
  const known = projects.value ?? [];
  const name = project.value?.name ?? known.find((other) => other.directory === directory)?.name ?? (directory ? lastFolder(directory) : 'No project');
  return (
    <Menu position="bottom-start" width={320}>
      <Menu.Target>
        <button type="button" className={style.switch} title={directory}>
          <span className="visually-hidden">Project: </span>
          <span className={style.name}>{name}</span>
          <ChevronsUpDown size={13} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {known.length > 0 && <Menu.Label>Projects</Menu.Label>}
        {known.map((other) => (
          <Menu.Item key={other.directory} onClick={() => chooseProject(other.directory)} rightSection={other.directory === directory && <Check size={14} />}>
            <span className={style.item}>
              <span className={style.itemName}>{other.name}</span>
              <span className={style.itemDetail}>{other.directory}</span>
            </span>
          </Menu.Item>
        ))}
        {known.length > 0 && <Menu.Divider />}
        <Menu.Item leftSection={<FolderOpen size={14} />} onClick={openFolderDialog}>
          Open a folder…
        </Menu.Item>
        {directory && <ForgetItem directory={directory} />}
      </Menu.Dropdown>
    </Menu>
  );
}

function ForgetItem({ directory }: { readonly directory: string }) {
  const backlot = useBacklot();
  const { projects } = useEnvironment();
  const chooseProject = useChoice((state) => state.chooseProject);
  const forget = async () => {
    await backlot?.project.forget({ directory });
    chooseProject(undefined);
    projects.reload();
  };
  return (
    <Menu.Item leftSection={<X size={14} />} disabled={!backlot} onClick={() => void forget()}>
      Take this project off the list
    </Menu.Item>
  );
}

function lastFolder(directory: string): string {
  return directory.split(/[/\\]/).filter(Boolean).at(-1) ?? directory;
}

import { Menu } from '@mantine/core';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { SetView } from '#contract/project.ts';
import { useChoice } from '../state/choice.ts';
import { useEnvironment } from '../state/environment.tsx';
import { counted } from '../ui/format.ts';
import { lookOfSetNow } from '../ui/phase.ts';
import { StateIcon } from '../ui/StateIcon.tsx';
import style from './TopBar.module.css';

/** Which set of the project is in view; each with its state. */
export function SetSwitch() {
  const { directory, project, set, status, running } = useEnvironment();
  const chooseSet = useChoice((state) => state.chooseSet);
  if (!directory || !project.value || !set) return null;
  const lookOf = (name: string) => lookOfSetNow(status.value?.sets.find((other) => other.name === name)?.state ?? 'down', name === set ? running : undefined);
  return (
    <>
    <span className={style.slash} aria-hidden="true">
      /
    </span>
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <button type="button" className={style.switch} title={set}>
          <span className="visually-hidden">Set: </span>
          <StateIcon look={lookOf(set)} size={12} />
          <span className={style.name}>{set}</span>
          <span className="visually-hidden">, {lookOf(set).label}</span>
          <ChevronsUpDown size={13} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Sets</Menu.Label>
        {project.value.sets.map((other) => (
          <Menu.Item key={other.name} onClick={() => chooseSet(directory, other.name)} rightSection={other.name === set && <Check size={14} />}>
            <span className={style.item}>
              <span className={style.itemName}>
                <StateIcon look={lookOf(other.name)} size={12} />
                {other.name}
              </span>
              <span className={style.itemDetail}>{describeSet(other)}</span>
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
    </>
  );
}

/** `4 services on localhost`, `12 services, each on its own address`. */
function describeSet({ members, addresses }: SetView): string {
  return counted(members.length, 'service') + (addresses === 'localhost' ? ' on localhost' : ', each on its own address');
}

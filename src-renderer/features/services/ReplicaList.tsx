import { CopyText } from '../../ui/CopyButton.tsx';
import { lookOfPhase } from '../../ui/phase.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import type { ServiceRow } from './rows.ts';
import style from './ServicePanel.module.css';

/** The containers of a service that has several, each with its state and address. */
export function ReplicaList({ replicas }: { readonly replicas: ServiceRow['replicas'] }) {
  return (
    <ul className={style.urls}>
      {replicas.map(({ container = '', state, addresses }) => (
        <li key={container}>
          <span className={style.replica}>
            <StateIcon look={lookOfPhase(state)} size={12} />
            <CopyText text={container} label={`Copy the container’s name ${container}`} />
          </span>
          <small>{addresses.host ?? addresses.container ?? lookOfPhase(state).label}</small>
        </li>
      ))}
    </ul>
  );
}

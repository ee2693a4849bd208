import type { Condition } from '#contract/releases.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import style from './Dialogs.module.css';

const MET = { tone: 'ready', label: 'holds', shape: 'check' } as const;
const UNMET = { tone: 'fail', label: 'does not hold', shape: 'cross' } as const;

/** Every condition of the gate, those that do not hold first, each with what mends it. */
export function Checklist({ conditions }: { readonly conditions: readonly Condition[] }) {
  const ordered = [...conditions.filter(({ met }) => !met), ...conditions.filter(({ met }) => met)];
  return (
    <ul className={style.checklist} tabIndex={0} aria-label="Conditions">
      {ordered.map(({ id, met, text, fix }) => (
        <li key={id} data-met={met || undefined}>
          <StateIcon look={met ? MET : UNMET} size={14} />
          <span>
            <b>{nameOf(id)}</b>
            <span className="visually-hidden"> {met ? MET.label : UNMET.label}</span>
            <span className={style.conditionText}>{text}</span>
            {!met && fix !== undefined && (
              <span className={style.fix}>
                <strong>Fix:</strong> {fix}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

const NAMES: Readonly<Record<string, string>> = { image: 'Image', clean: 'Clean checkout', pushed: 'Pushed', platform: 'Platform', tag: 'Tag', lock: 'Lock' };

/** `stage:smoke@staging` as `smoke on staging`; what is not known by its id stays as it is. */
function nameOf(id: string): string {
  return id.startsWith('stage:') ? id.slice('stage:'.length).replace('@', ' on ') : (NAMES[id] ?? id);
}

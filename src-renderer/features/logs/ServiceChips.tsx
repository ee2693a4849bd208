import { MiddleCut } from '../../ui/MiddleCut.tsx';
import css from './LogList.module.css';
import { toneOf } from './log-list.ts';
import style from './LogsPage.module.css';

type ServiceChipsProps = {
  readonly services: readonly string[];
  readonly hidden: readonly string[];
  onHidden(hidden: readonly string[]): void;
};

/** A switch for every service, in its colour. A click shows it alone, a second one all again; with Ctrl or Shift it only toggles. */
export function ServiceChips({ services, hidden, onHidden }: ServiceChipsProps) {
  const shown = services.filter((service) => !hidden.includes(service));
  const choose = (service: string, toggle: boolean) => {
    if (toggle) return onHidden(hidden.includes(service) ? hidden.filter((other) => other !== service) : [...hidden, service]);
    const isAlone = shown.length === 1 && shown[0] === service;
    return onHidden(isAlone ? [] : services.filter((other) => other !== service));
  };
  return (
    <div className={`${style.chips} ${css.tones}`} role="group" aria-label="Services">
      <button type="button" className={style.chip} aria-pressed={shown.length === services.length} onClick={() => onHidden([])}>
        All
      </button>
      {services.map((service) => (
        <button
          key={service}
          type="button"
          className={style.chip}
          data-tone={toneOf(service, services)}
          aria-pressed={!hidden.includes(service)}
          title={`${service}: click to see it alone, Ctrl-click to switch it on or off`}
          onClick={(event) => choose(service, event.ctrlKey || event.metaKey || event.shiftKey)}
        >
          <span className={style.dot} aria-hidden="true" />
          <MiddleCut text={service} />
        </button>
      ))}
    </div>
  );
}

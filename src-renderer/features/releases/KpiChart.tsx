import { wordsOfFormer } from '#contract/former-words.ts';
import type { CheckProgress } from '../../state/roll.ts';
import { VALUES_KEPT } from '../../state/roll.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { chartOf } from './chart.ts';
import { lookOfCheck } from './release-words.ts';
import style from './RollBody.module.css';

const SIZE = { width: 220, height: 46, capacity: VALUES_KEPT };

/** One check of the watch: its latest value, and the values so far against the bound that holds now. */
export function KpiChart({ check: { event, values } }: { readonly check: CheckProgress }) {
  const { check, state, value, previous, previousIn, bound, limit, side, samples, why } = event;
  const look = lookOfCheck(state);
  const chart = chartOf(values, limit, SIZE);
  return (
    <li className={style.chart} data-tone={look.tone}>
      <span className={style.chartHead}>
        <StateIcon look={look} size={13} />
        <b title={check}>{check}</b>
        <span className="visually-hidden">: {look.label}</span>
        <span className={style.value}>{value ?? '–'}</span>
      </span>
      <svg className={style.plot} viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} preserveAspectRatio="none" role="img" aria-label={`${check}: ${values.length} readings, the latest ${value ?? 'not known'}, ${bound}`}>
        {chart.bound !== undefined && <rect className={style.beyond} x="0" width={SIZE.width} y={side === 'min' ? chart.bound : 0} height={side === 'min' ? SIZE.height - chart.bound : chart.bound} />}
        {chart.line !== undefined && <path className={style.plotLine} d={chart.line} />}
        {chart.bound !== undefined && <path className={style.boundLine} d={`M0 ${chart.bound}H${SIZE.width}`} />}
      </svg>
      <span className={style.chartFoot} title={why ?? bound}>
        {state === 'ok' || why === undefined ? bound : why}
      </span>
      <span className={style.chartFoot}>
        {samples} {samples === 1 ? 'reading' : 'readings'}
        {previous !== undefined && `, before ${previous}`}
      </span>
      {previousIn !== undefined && (
        <span className={style.chartFoot} title={`Held against ${wordsOfFormer(previousIn)}`}>
          {wordsOfFormer(previousIn)}
        </span>
      )}
    </li>
  );
}

import { wordsOfFormer } from '#contract/former-words.ts';
import type { KpiOutcome } from '#contract/releases.ts';
import { StateLabel } from '../../ui/StateIcon.tsx';
import grid from '../../ui/Table.module.css';
import { lookOfVerdict } from './release-words.ts';

/** What each check of the watch came to. */
export function KpiTable({ kpi }: { readonly kpi: readonly KpiOutcome[] }) {
  return (
    <div className={grid.frame}>
      <table className={grid.table}>
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">Verdict</th>
            <th scope="col" data-number>
              Value
            </th>
            <th scope="col" data-number>
              Before
            </th>
            <th scope="col">Bound</th>
            <th scope="col" data-number>
              Readings
            </th>
          </tr>
        </thead>
        <tbody>
          {kpi.map(({ check, verdict, value, previous, previousIn, bound, samples, why }) => (
            <tr key={check}>
              <th scope="row" className={grid.strong}>
                {check}
              </th>
              <td title={why}>
                <StateLabel look={lookOfVerdict(verdict)} />
              </td>
              <td data-number>{value ?? '–'}</td>
              <td data-number className={grid.soft} title={previous === undefined ? undefined : `Against ${wordsOfFormer(previousIn)}`}>
                {previous ?? '–'}
              </td>
              <td>
                {bound}
                {previousIn !== undefined && <span className={grid.soft}>, against {wordsOfFormer(previousIn)}</span>}
                {why !== undefined && verdict !== 'pass' && <span className={grid.soft}>: {why}</span>}
              </td>
              <td data-number>{samples}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

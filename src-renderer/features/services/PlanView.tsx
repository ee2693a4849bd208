import { Skeleton } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ProjectView, SetView } from '#contract/project.ts';
import type { Plan } from '#contract/stack.ts';
import type { CallState } from '../../state/use-call.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { KindIcon } from '../../ui/KindIcon.tsx';
import { MiddleCut } from '../../ui/MiddleCut.tsx';
import { planLines, type PlanLine } from './plan-lines.ts';
import { PlanCard, type PlanChoice } from './PlanCard.tsx';
import { planSentence } from './plan-sums.ts';
import style from './PlanView.module.css';

type PlanViewProps = { readonly project: ProjectView; readonly setView: SetView; readonly plan: CallState<Plan>; readonly way?: PlanChoice };

/** What `up` would do and why, in figures and one line for each service; with `way`, how to do it. */
export function PlanView({ project, setView, plan, way }: PlanViewProps) {
  const taken = plan.value?.ports.filter(({ takenBy }) => takenBy !== undefined) ?? [];
  return (
    <div className={style.plan}>
      {plan.error && <FailureCard failure={plan.error} />}
      {[...(plan.value?.warnings ?? []), ...taken.map(({ host, takenBy, service }) => `Port ${host ?? ''} of ${service} is taken by ${takenBy ?? ''}`)].map((warning) => (
        <p key={warning} className={style.warning}>
          <TriangleAlert size={14} aria-hidden="true" /> {warning}
        </p>
      ))}
      <p className={style.summary}>{plan.value ? planSentence(plan.value) : 'Working out what Up would do…'}</p>
      {plan.value ? <PlanCard plan={plan.value} way={way} fixture={setView.fixture} /> : !plan.error && <Skeleton height={way ? 116 : 68} radius={11} />}
      <table className={style.table}>
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">In the set because</th>
            <th scope="col">Up will</th>
            <th scope="col">Image</th>
            <th scope="col">Host port</th>
          </tr>
        </thead>
        <tbody>
          {planLines(project, setView, plan.value).map((line) => (
            <Line key={line.service} line={line} pending={plan.value === undefined && plan.pending} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ line, pending }: { readonly line: PlanLine; readonly pending: boolean }) {
  const wait = (content: ReactNode) => (pending ? <Skeleton height={12} width="60%" /> : content);
  return (
    <tr>
      <th scope="row">
        <span className={style.service}>
          <KindIcon kind={line.kind} size={24} />
          <span title={line.service}>
            <MiddleCut text={line.service} />
          </span>
        </span>
      </th>
      <td className={style.because} title={line.because}>
        {line.because}
      </td>
      <td>
        {wait(
          <span className={style.step} title={line.why}>
            <b data-step={line.step}>{line.step}</b> <span>{line.why}</span>
          </span>,
        )}
      </td>
      <td title={line.image}>
        {wait(
          <span className={style.step}>
            <code>{line.image}</code> {line.imageAction !== 'present' && <b data-step={line.imageAction}>{line.imageAction}</b>}
          </span>,
        )}
      </td>
      <td className={style.ports} data-taken={line.taken || undefined}>
        {wait(line.ports.join(', ') || '–')}
      </td>
    </tr>
  );
}

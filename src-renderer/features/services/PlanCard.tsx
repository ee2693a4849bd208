import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Plan } from '#contract/stack.ts';
import type { Action, UpChoice } from '../../shell/actions.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { fixturePath } from '../../shell/fixture-actions.ts';
import { bytes, counted } from '../../ui/format.ts';
import { Tag } from '../../ui/Tag.tsx';
import style from './PlanCard.module.css';
import { imageSum, memoryFit, planSums, type PlanSum } from './plan-sums.ts';

/** The way from the plan to the deed. */
export type PlanChoice = {
  readonly up: Action;
  readonly choice: UpChoice;
  /** Other sets of the project that are up. */
  readonly others: readonly string[];
  onChoose(choice: UpChoice): void;
};

/** The plan in figures: steps, images, ports, memory; with `way`, what else is up and the button that does it. */
export function PlanCard({ plan, way, fixture }: { readonly plan: Plan; readonly way: PlanChoice | undefined; readonly fixture: string | undefined }) {
  const { ports, images, memory } = plan;
  const published = ports.filter(({ host }) => host !== undefined);
  const taken = published.filter(({ takenBy }) => takenBy !== undefined);
  return (
    <section className={style.card} aria-label={`The plan of ${plan.set}`}>
      <dl className={style.facts}>
        <Fact name="Services">
          <span className={style.sums}>
            {planSums(plan).map(({ step, count }) => (
              <Tag key={step} tone={TONES[step]}>
                {step} {count}
              </Tag>
            ))}
          </span>
        </Fact>
        <Fact name="Images">{imageSum(images)}</Fact>
        <Fact name="Host ports">
          {published.length === 0 ? 'none' : `${published.length} on this machine`}
          {taken.length > 0 && <span className={style.bad}>, {taken.length} taken</span>}
        </Fact>
        {fixture !== undefined && (
          <Fact name="Data">
            <Link href={fixturePath(fixture)}>{fixture}</Link> if empty
          </Fact>
        )}
        <Fact name="Memory">{memory ? <Memory memory={memory} /> : 'not known yet'}</Fact>
      </dl>
      {way && <Way plan={plan} way={way} taken={taken.length} />}
    </section>
  );
}

const TONES: Record<PlanSum['step'], 'ready' | 'warn' | 'fail' | 'idle'> = { create: 'ready', recreate: 'warn', start: 'ready', remove: 'fail', keep: 'idle' };

function Way({ plan, way: { up, choice, others, onChoose }, taken }: { readonly plan: Plan; readonly way: PlanChoice; readonly taken: number }) {
  const downs = choice.down.length > 0 ? `, ${choice.down.join(' and ')} down` : '';
  return (
    <div className={style.way}>
      <div className={style.choices}>
        {others.length > 0 && choice.down.length === 0 && (
          <p>
            <b>{others.join(' and ')}</b> {others.length === 1 ? 'is up and stays' : 'are up and stay'} up beside it: each set has its own network, containers and addresses.
          </p>
        )}
        {others.map((other) => (
          <Checkbox
            key={other}
            size="xs"
            label={`Also bring ${other} down, before`}
            checked={choice.down.includes(other)}
            onChange={({ currentTarget: { checked } }) => onChoose({ ...choice, down: checked ? [...choice.down, other] : choice.down.filter((name) => name !== other) })}
          />
        ))}
        {taken > 0 && (
          <Checkbox
            size="xs"
            label={`Give ${counted(taken, 'service')} whose port is taken a free one, and remember it`}
            checked={choice.remap}
            onChange={({ currentTarget: { checked } }) => onChoose({ ...choice, remap: checked })}
          />
        )}
      </div>
      <ActionButton action={{ ...up, label: `Bring up ${plan.set}${downs}` }} variant="filled" />
    </div>
  );
}

function Memory({ memory }: { readonly memory: NonNullable<Plan['memory']> }) {
  const { share, tone } = memoryFit(memory);
  const words = `${bytes(memory.expected)} expected${memory.available === undefined ? '' : `, ${bytes(memory.available)} available`}`;
  return (
    <span className={style.memory}>
      <span data-tone={tone}>{words}</span>
      {share !== undefined && (
        <span className={style.meter} role="img" aria-label={`${Math.round(share * 100)} % of what is available`}>
          <i data-tone={tone} style={{ width: `${Math.min(100, share * 100)}%` }} />
        </span>
      )}
    </span>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

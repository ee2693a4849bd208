import { Link } from 'wouter';
import { useOperations } from '../state/operations.ts';
import { lookOfOperation } from '../ui/phase.ts';
import { StateIcon } from '../ui/StateIcon.tsx';
import { Elapsed } from '../ui/Time.tsx';
import { titleOf } from './outcomes.ts';
import style from './TopBar.module.css';

/** What is running now, in whatever shell; leads to its events. */
export function OperationChip() {
  const summaries = useOperations((state) => state.summaries);
  const running = summaries?.filter(({ state }) => state === 'running') ?? [];
  const [first] = running;
  if (!first) return null;
  return (
    <Link href={`/activity/${first.id}`} className={`${style.chip} ${style.busyChip}`} style={{ textDecoration: 'none' }}>
      <StateIcon look={lookOfOperation('running')} size={13} />
      {running.length > 1 ? `${running.length} operations` : titleOf(first)}
      <Elapsed since={Date.parse(first.started)} />
    </Link>
  );
}

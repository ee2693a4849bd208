import { Link, useLocation } from 'wouter';
import { countAttention } from '../features/services/rows.ts';
import { Mark } from '../ui/Mark.tsx';
import { lookOfOperation } from '../ui/phase.ts';
import { StateIcon } from '../ui/StateIcon.tsx';
import { useEnvironment } from '../state/environment.tsx';
import { useMisses } from '../state/feeds.ts';
import { freshMisses } from '../state/fresh-misses.ts';
import { useGuard } from '../state/guard.ts';
import { useOperations } from '../state/operations.ts';
import { PAGES, type PageEntry } from './pages.tsx';
import style from './Rail.module.css';

/** The navigation at the left. */
export function Rail() {
  return (
    <nav className={style.rail} aria-label="Pages">
      <div className={style.brand}>
        <Mark />
        <span>Backlot</span>
      </div>
      <ul className={style.list}>
        {PAGES.map((page) => (
          <li key={page.path}>
            <RailLink page={page} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function RailLink({ page }: { readonly page: PageEntry }) {
  const [location] = useLocation();
  const Icon = page.icon;
  const here = page.path === '/' ? location === '/' || location.startsWith('/services') : location.startsWith(page.path);
  return (
    <Link href={page.path} className={style.link} aria-current={here ? 'page' : undefined} title={page.title}>
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      <span className={style.word}>{page.title}</span>
      {page.path === '/' && <FailedCount />}
      {page.path === '/names' && <MissCount />}
      {page.path === '/activity' && <RunningSign />}
    </Link>
  );
}

function FailedCount() {
  const { setStatus } = useEnvironment();
  const failed = countAttention(setStatus?.services ?? []);
  if (failed === 0) return null;
  return (
    <span className={style.count} title={`${failed} need attention`}>
      {failed}
      <span className="visually-hidden"> need attention</span>
    </span>
  );
}

/** Names that were missed and not looked at yet; also what keeps the misses watched. */
function MissCount() {
  const { directory } = useEnvironment();
  const { value } = useMisses(directory);
  const dismissed = useGuard((state) => state.dismissed);
  const names = new Set(freshMisses(directory ?? '', value?.misses ?? [], dismissed).map(({ name }) => name)).size;
  if (names === 0) return null;
  return (
    <span className={style.count} data-tone="warn" title={`${names} asked for that nobody here owns`}>
      {names}
      <span className="visually-hidden"> asked for that nobody here owns</span>
    </span>
  );
}

function RunningSign() {
  const running = useOperations(({ summaries }) => summaries?.some(({ state }) => state === 'running') ?? false);
  if (!running) return null;
  return (
    <span className={style.sign}>
      <StateIcon look={lookOfOperation('running')} size={13} />
      <span className="visually-hidden">an operation is running</span>
    </span>
  );
}

import { Button, Skeleton, TextInput } from '@mantine/core';
import { ChevronRight, Search } from 'lucide-react';
import { useMemo, useState, type KeyboardEvent } from 'react';
import type { TestState } from '#contract/operations.ts';
import type { TestResult } from '#contract/runs.ts';
import { counted } from '../../ui/format.ts';
import type { Look } from '../../ui/phase.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Tag } from '../../ui/Tag.tsx';
import { isBad, matchingTests, testRows, testTree, type SuiteNode, type TestRow } from './test-tree.ts';
import { testTime } from './test-words.ts';
import panel from './StagesPage.module.css';
import style from './TestTree.module.css';

type TestTreeProps = { readonly tests: readonly Omit<TestResult, 'stage'>[] | undefined; readonly goesOn: boolean };

export const TEST_LOOKS: Record<TestState, Look> = {
  passed: { tone: 'ready', label: 'passed', shape: 'check' },
  failed: { tone: 'fail', label: 'failed', shape: 'cross' },
  broken: { tone: 'fail', label: 'broken', shape: 'alert' },
  skipped: { tone: 'idle', label: 'skipped', shape: 'ring' },
};

/** So many tests are shown with every suite open. */
const FEW = 120;
/** Rows drawn at once; the rest on demand. */
const FIRST = 400;

/** Suites and tests with how long they took, those that did not pass first. */
export function TestTree({ tests, goesOn }: TestTreeProps) {
  const [text, setText] = useState('');
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [most, setMost] = useState(FIRST);
  const wanted = useMemo(() => matchingTests(tests ?? [], text), [tests, text]);
  const root = useMemo(() => testTree(wanted), [wanted]);
  if (!tests) return <Skeleton m={14} height={120} radius={7} w="auto" />;
  if (tests.length === 0) return <p className={panel.quiet}>{goesOn ? 'No test has told its outcome yet.' : 'No suite reported its tests: the exit code decided.'}</p>;
  const startsOpen = (node: SuiteNode) => wanted.length <= FEW || node.failures > 0;
  const isOpen = (node: SuiteNode) => startsOpen(node) !== toggled.has(node.key);
  const rows = testRows(root, isOpen);
  const toggle = (key: string) => setToggled((before) => (before.has(key) ? new Set([...before].filter((one) => one !== key)) : new Set([...before, key])));
  return (
    <div>
      <div className={style.tools}>
        <span role="status">
          {counted(root.count, 'test')}
          {root.failures > 0 && `, ${root.failures} failed`}
          {root.skipped > 0 && `, ${root.skipped} skipped`}
        </span>
        {tests.length > 8 && <TextInput data-filter aria-label="Filter the tests" placeholder="Filter by name" leftSection={<Search size={13} />} value={text} onChange={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => event.key === 'Escape' && (setText(''), event.currentTarget.blur())} />}
      </div>
      <ul className={style.tree} aria-label="Tests" onKeyDown={moveFocus}>
        {rows.slice(0, most).map((row) => (
          <li key={row.kind === 'suite' ? row.node.key : row.key} style={{ ['--depth' as string]: row.depth }}>
            {row.kind === 'suite' ? <SuiteLine node={row.node} open={isOpen(row.node)} onToggle={() => toggle(row.node.key)} /> : <TestLine row={row} />}
          </li>
        ))}
      </ul>
      {rows.length > most && (
        <Button variant="subtle" m={8} onClick={() => setMost(most + 2000)}>
          Show more of {rows.length.toLocaleString('en')} lines
        </Button>
      )}
    </div>
  );
}

function SuiteLine({ node, open, onToggle }: { readonly node: SuiteNode; readonly open: boolean; onToggle(): void }) {
  const look = node.failures > 0 ? TEST_LOOKS.failed : node.skipped === node.count ? TEST_LOOKS.skipped : TEST_LOOKS.passed;
  return (
    <button type="button" className={style.line} aria-expanded={open} onClick={onToggle} data-row>
      <ChevronRight size={13} className={style.fold} aria-hidden="true" />
      <StateIcon look={look} size={13} />
      <b>{node.name}</b>
      <span className="visually-hidden">: {look.label}</span>
      <span className={style.count}>{node.failures > 0 ? `${node.failures} of ${node.count} failed` : node.count}</span>
      <span className={style.time}>{node.seconds === undefined ? '' : testTime(node.seconds)}</span>
    </button>
  );
}

function TestLine({ row: { test } }: { readonly row: Extract<TestRow, { kind: 'test' }> }) {
  const [open, setOpen] = useState(false);
  const look = TEST_LOOKS[test.state];
  const more = [test.message, test.detail].filter(Boolean).join('\n\n');
  const words = (
    <>
      <StateIcon look={look} size={13} />
      <span className={style.name}>
        {test.name}
        <span className="visually-hidden">: {look.label}</span>
        {test.flaky && <Tag tone="warn" title="It ended otherwise on the same inputs before">flaky</Tag>}
        {!open && isBad(test) && test.message !== undefined && <small>{test.message.split('\n')[0]}</small>}
      </span>
      <span className={style.time}>{test.seconds === undefined ? '' : testTime(test.seconds)}</span>
    </>
  );
  if (more === '') return <div className={style.line} data-plain>{words}</div>;
  return (
    <>
      <button type="button" className={style.line} data-plain aria-expanded={open} onClick={() => setOpen(!open)} data-row>
        {words}
      </button>
      {open && (
        <div className={style.more}>
          {test.file !== undefined && <code>{[test.file, test.line].filter((part) => part !== undefined).join(':')}</code>}
          <pre tabIndex={0}>{more}</pre>
        </div>
      )}
    </>
  );
}

/** Arrow keys lead from one line that opens to the next. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  const next = lines[lines.indexOf(event.target as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

import { useState } from 'react';
import { befell, type Artifact, type RunDetails, type RunSummary } from '#contract/runs.ts';
import { counted } from '../../ui/format.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { PictureGrid } from './ArtifactList.tsx';
import { ArtifactViewer } from './ArtifactViewer.tsx';
import { eventsUntil, failedTests, heldResult, missesAround, screenshotsOf, windowOf, type FailedTest, type TimedEvent, type TimedMiss } from './failure.ts';
import style from './FailureView.module.css';
import { RunLogs } from './RunLogs.tsx';
import type { StageRow } from './stage-rows.ts';
import { TEST_LOOKS } from './TestTree.tsx';
import { testTime } from './test-words.ts';

type FailureViewProps = { readonly row: StageRow; readonly run: RunSummary; readonly details: RunDetails | undefined };

/** Failed tests listed at once; the tree has them all. */
const MOST = 40;

/** Everything about a failure in one place: the test, what it showed, what everybody printed meanwhile, and names that nobody answered. */
export function FailureView({ row, run, details }: FailureViewProps) {
  const { name, live } = row;
  const result = row.result ?? heldResult(row);
  const [chosen, setChosen] = useState(0);
  const [opened, setOpened] = useState<Artifact>();
  if (!result) return null;
  const failed = failedTests(name, result, details);
  const test = failed[chosen] ?? failed[0];
  const { window, exact } = windowOf(test, live, result);
  const events = eventsUntil(window, result.events ?? []);
  const pictures = screenshotsOf(name, test, details?.artifacts ?? []);
  return (
    <div className={style.view}>
      <p className={style.why}>{[result.why ?? 'It failed', result.exitCode !== undefined && result.exitCode !== 0 && !result.why?.includes('exit code') ? `exit code ${result.exitCode}` : ''].filter(Boolean).join(', ')}</p>
      {failed.length > 1 && <FailedList failed={failed.slice(0, MOST)} chosen={chosen} onChoose={setChosen} total={result.failures} />}
      {test && <FailedCard test={test} />}
      {pictures.length > 0 && (
        <section aria-label="Screenshots">
          <h4 className={style.title}>What was on the screen</h4>
          <PictureGrid run={run.run} pictures={pictures} onOpen={setOpened} />
        </section>
      )}
      {events.length > 0 && <EventList events={events} exact={exact} />}
      {result.misses && result.misses.length > 0 && <MissList misses={missesAround(window, result.misses)} exact={exact} />}
      <section aria-label="Log window">
        <h4 className={style.title}>
          What the stage and its services printed {exact ? 'while the test ran' : 'while the stage ran'}
        </h4>
        <RunLogs key={`${run.run} ${name} ${window?.from ?? ''} ${window?.to ?? ''}`} run={run.run} stage={name} follow={false} window={window} low />
      </section>
      {opened && <ArtifactViewer run={run.run} artifacts={pictures} opened={opened} onOpen={setOpened} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

type FailedListProps = { readonly failed: readonly FailedTest[]; readonly chosen: number; readonly total: number; onChoose(index: number): void };

function FailedList({ failed, chosen, total, onChoose }: FailedListProps) {
  return (
    <ol className={style.list} aria-label="Failed tests">
      {failed.map((test, index) => (
        <li key={JSON.stringify([test.suite, test.name, index])}>
          <button type="button" aria-pressed={index === chosen} onClick={() => onChoose(index)}>
            <StateIcon look={TEST_LOOKS[test.state]} size={13} />
            <span>
              {test.suite.length > 0 && <small>{test.suite.join(' › ')} › </small>}
              {test.name}
            </span>
          </button>
        </li>
      ))}
      {total > failed.length && <li className={style.more}>{counted(total - failed.length, 'more')} in Tests</li>}
    </ol>
  );
}

function FailedCard({ test }: { readonly test: FailedTest }) {
  const { suite, name, state, seconds, message, detail, file, line } = test;
  return (
    <section className={style.test} aria-label="Failed test">
      <header>
        <StateIcon look={TEST_LOOKS[state]} size={15} />
        <h4>
          {suite.length > 0 && <small>{suite.join(' › ')} › </small>}
          {name}
        </h4>
        <span>{seconds === undefined ? '' : testTime(seconds)}</span>
      </header>
      {file !== undefined && <code>{[file, line].filter((part) => part !== undefined).join(':')}</code>}
      {message !== undefined && <p>{message}</p>}
      {detail !== undefined && detail !== message && <pre tabIndex={0}>{detail}</pre>}
    </section>
  );
}

function EventList({ events, exact }: { readonly events: readonly TimedEvent[]; readonly exact: boolean }) {
  return (
    <section className={style.events} aria-label="What happened to the services">
      <h4 className={style.title}>What happened to its services</h4>
      <ul>
        {events.map(({ within, ...event }, index) => (
          <li key={`${event.time} ${index}`} data-before={!within || undefined}>
            <time dateTime={event.time} title={new Date(event.time).toLocaleString()}>
              {clock(event.time)}
            </time>
            <span data-bad={event.kind !== 'healthy' && event.kind !== 'started-again' ? true : undefined}>
              <b>{event.service}</b> {befell(event)}
              {!within && exact && <small>before the test</small>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** As the log writes it: time of day with milliseconds. */
function clock(time: string): string {
  const at = new Date(time);
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

function MissList({ misses, exact }: { readonly misses: readonly TimedMiss[]; readonly exact: boolean }) {
  return (
    <section className={style.misses} aria-label="Names that nobody owns">
      <h4 className={style.title}>Production names asked for in vain</h4>
      <ul>
        {misses.map((miss) => (
          <li key={`${miss.name} ${miss.caller}`} data-beside={miss.when !== 'within' || undefined}>
            <code>{miss.name}</code> asked for by {miss.caller}, {counted(miss.count, 'time')}, {miss.kind}
            {miss.when !== 'within' && exact && <small>{miss.when} the test</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}

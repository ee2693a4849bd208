import { Button } from '@mantine/core';
import { Suspense } from 'react';
import { Link, Route, Router, Switch } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { ActivityPage } from '../features/activity/ActivityPage.tsx';
import { DoctorPage } from '../features/doctor/DoctorPage.tsx';
import { ServicesPage } from '../features/services/ServicesPage.tsx';
import { SettingsPage } from '../features/settings/SettingsPage.tsx';
import { useConnection } from '../state/connection.ts';
import { lazyPart } from '../state/lazy-part.ts';
import { useEngine } from '../state/feeds.ts';
import { useOperationsFollowed } from '../state/operations.ts';
import { Empty } from '../ui/Empty.tsx';
import { useFocusFollowed } from '../ui/focus.ts';
import { Banner } from './Banner.tsx';
import { useDesktopNotices } from './desktop-notices.ts';
import { Dock } from './Dock.tsx';
import { useFixtureDialog } from './fixture-dialog.ts';
import { Palette } from './Palette.tsx';
import { Rail } from './Rail.tsx';
import style from './Shell.module.css';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { useReleaseDialog } from './release-dialog.ts';
import { useSwapDialog } from './swap-dialog.ts';
import { TopBar } from './TopBar.tsx';
import { useOutcomesTold } from './outcomes.ts';
import { useShortcuts } from './shortcuts.ts';

const NamesPage = lazyPart(() => import('../features/names/NamesPage.tsx').then(({ NamesPage: part }) => part));
const FixturesPage = lazyPart(() => import('../features/fixtures/FixturesPage.tsx').then(({ FixturesPage: part }) => part));
const PreviewPage = lazyPart(() => import('../features/fixtures/PreviewPage.tsx').then(({ PreviewPage: part }) => part));
const FixtureDialog = lazyPart(() => import('../features/fixtures/FixtureDialog.tsx').then(({ FixtureDialog: part }) => part));
const SwapDialog = lazyPart(() => import('../features/services/SwapDialog.tsx').then(({ SwapDialog: part }) => part));
const StagesPage = lazyPart(() => import('../features/stages/StagesPage.tsx').then(({ StagesPage: part }) => part));
const ComparePage = lazyPart(() => import('../features/stages/ComparePage.tsx').then(({ ComparePage: part }) => part));
const ReleasesPage = lazyPart(() => import('../features/releases/ReleasesPage.tsx').then(({ ReleasesPage: part }) => part));
const ReleaseDialog = lazyPart(() => import('../features/releases/ReleaseDialog.tsx').then(({ ReleaseDialog: part }) => part));
const LogsPage = lazyPart(() => import('../features/logs/LogsPage.tsx').then(({ LogsPage: part }) => part));

/** The frame around every page: navigation, top bar, banner, terminal dock, palette. */
export function Shell() {
  return (
    <Router hook={useHashLocation}>
      <Frame />
    </Router>
  );
}

function Frame() {
  useFocusFollowed();
  useOperationsFollowed();
  useOutcomesTold();
  useDesktopNotices();
  useShortcuts();
  const stale = useStale();
  return (
    <div className={style.shell}>
      <a className={style.skip} href="#/" onClick={focusMain}>
        Skip to the page
      </a>
      <Rail />
      <div className={style.column}>
        <TopBar />
        <Banner />
        <main id="page" tabIndex={-1} className={style.page} data-stale={stale || undefined}>
          <Pages />
        </main>
        <Dock />
      </div>
      <Palette />
      <ShortcutsDialog />
      <SwapPlace />
      <FixtureDialogPlace />
      <ReleaseDialogPlace />
    </div>
  );
}

/** The swap dialog, loaded when it is first asked for. */
function SwapPlace() {
  const request = useSwapDialog((state) => state.request);
  return <Suspense fallback={null}>{request && <SwapDialog key={JSON.stringify(request)} request={request} />}</Suspense>;
}

/** The dialog about fixtures, loaded when it is first asked for. */
function FixtureDialogPlace() {
  const request = useFixtureDialog((state) => state.request);
  return <Suspense fallback={null}>{request && <FixtureDialog key={JSON.stringify(request)} request={request} />}</Suspense>;
}

/** The dialog about releases, loaded when it is first asked for. */
function ReleaseDialogPlace() {
  const request = useReleaseDialog((state) => state.request);
  return <Suspense fallback={null}>{request && <ReleaseDialog key={JSON.stringify(request)} request={request} />}</Suspense>;
}

/** Whether what is in view is what was last known, because nobody can be asked. */
function useStale(): boolean {
  const lost = useConnection(({ state }) => state.kind === 'lost');
  const { value: engine } = useEngine();
  return lost || engine?.state === 'down';
}

function Pages() {
  return (
    <Suspense fallback={null}>
      <Switch>
        <Route path="/names/why/:name/:from?">{({ name, from }) => <NamesPage view={{ why: decodeURIComponent(name), ...(from !== undefined && { from: decodeURIComponent(from) }) }} />}</Route>
        <Route path="/names/of/:service">{({ service }) => <NamesPage view={{ service: decodeURIComponent(service) }} />}</Route>
        <Route path="/names">
          <NamesPage view={{}} />
        </Route>
        <Route path="/fixtures/preview/:name">{({ name }) => <PreviewPage name={decodeURIComponent(name)} />}</Route>
        <Route path="/fixtures/:name?">{({ name }) => <FixturesPage name={name && decodeURIComponent(name)} />}</Route>
        <Route path="/stages/compare/:a/:b">{({ a, b }) => <ComparePage a={decodeURIComponent(a)} b={decodeURIComponent(b)} />}</Route>
        <Route path="/stages/:run?/:stage?/:part?">{({ run, stage, part }) => <StagesPage run={run && decodeURIComponent(run)} stage={stage && decodeURIComponent(stage)} part={part} />}</Route>
        <Route path="/releases/:target?/:release?">{({ target, release }) => <ReleasesPage target={target && decodeURIComponent(target)} release={release && decodeURIComponent(release)} />}</Route>
        <Route path="/logs/:service?">{({ service }) => <LogsPage service={service && decodeURIComponent(service)} />}</Route>
        <Route path="/activity/:id?">{({ id }) => <ActivityPage id={id} />}</Route>
        <Route path="/doctor">
          <DoctorPage />
        </Route>
        <Route path="/settings">
          <SettingsPage />
        </Route>
        <Route path="/services/:service?">{({ service }) => <ServicesPage service={service && decodeURIComponent(service)} />}</Route>
        <Route path="/">
          <ServicesPage />
        </Route>
        <Route>
          <NoPage />
        </Route>
      </Switch>
    </Suspense>
  );
}

/** The end of a link that leads nowhere, such as an old one. */
function NoPage() {
  return (
    <Empty title="There is no such page" text={<code>{window.location.hash}</code>}>
      <Button component={Link} href="/">
        Show the services
      </Button>
    </Empty>
  );
}

function focusMain(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('page')?.focus();
}

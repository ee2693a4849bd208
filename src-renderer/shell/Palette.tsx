import { Spotlight, spotlight } from '@mantine/spotlight';
import { FolderOpen, Keyboard, SunMoon, X, type LucideIcon } from 'lucide-react';
import { useMantineColorScheme } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { useChoice } from '../state/choice.ts';
import { useDock } from '../state/dock.ts';
import { useEnvironment } from '../state/environment.tsx';
import { useKnownRuns } from '../state/known-runs.ts';
import { cancelOperation, useOperations } from '../state/operations.ts';
import { useCall } from '../state/use-call.ts';
import { copyText } from '../ui/copy.ts';
import { Keys } from '../ui/Keys.tsx';
import { fittingActions, machineActions, serviceActions, setActions, usePlace, type Action } from './actions.ts';
import { dataActions, pullAction, sourceActions, storedActions } from './fixture-actions.ts';
import { commandLine, withoutFolder } from './command-lines.ts';
import { openFolderDialog } from './OpenFolder.tsx';
import { PAGES } from './pages.tsx';
import { targetActions } from './release-actions.ts';
import { rank } from './palette-rank.ts';
import { buildAction, compareAction, releaseAction, rerunFailedAction, runActions } from './run-actions.ts';
import style from './Palette.module.css';
import { useShortcutsDialog } from './shortcuts.ts';

type Entry = { readonly id: string; readonly group: string; readonly label: string; readonly icon: LucideIcon; readonly command?: string; readonly keys?: string; run(): void };

const MOST_SHOWN = 60;

/** Search over every verb, service, set and page. Enter runs, Alt-Enter copies the command line. */
export function Palette() {
  const [text, setText] = useState('');
  const [opened, setOpened] = useState(false);
  const shown = rank(useEntries(opened), text).slice(0, MOST_SHOWN);
  const groups = [...new Set(shown.map(({ group }) => group))];

  const copySelected = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const selected = document.querySelector('[data-palette] [data-selected]')?.getAttribute('data-entry');
    const command = shown.find(({ id }) => id === selected)?.command;
    if (command === undefined) return;
    void copyText(command, 'Command copied');
    spotlight.close();
  };

  return (
    <Spotlight.Root attributes={{ content: { 'aria-label': 'Search or run' } }} query={text} onQueryChange={setText} shortcut={['mod + K', 'mod + P']} clearQueryOnClose onSpotlightOpen={() => setOpened(true)} onSpotlightClose={() => setOpened(false)} centered={false} yOffset="12vh" overlayProps={{ color: 'var(--veil)', backgroundOpacity: 1, blur: 0 }} classNames={{ content: style.content, body: style.body }} onKeyDownCapture={copySelected} transitionProps={{ duration: 0 }} data-palette>
      {/* In focus as it appears, with no frame between: what is typed right after the shortcut belongs to it. */}
      <Spotlight.Search autoFocus placeholder="Search services, or type what to do" aria-label="Search or run" classNames={{ input: style.input }} />
      <Spotlight.ActionsList classNames={{ actionsList: style.list }}>
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group} label={group} classNames={{ actionsGroup: style.group }}>
            {shown
              .filter((entry) => entry.group === group)
              .map(({ id, label, icon: Icon, command, keys, run }) => (
                <Spotlight.Action key={id} data-entry={id} className={style.action ?? ''} onClick={run}>
                  <span className={style.entry}>
                    <Icon size={15} aria-hidden="true" />
                    <span className={style.label}>{label}</span>
                    {command && (
                      <code className={style.command} title={command}>
                        {withoutFolder(command)}
                      </code>
                    )}
                    {keys && <Keys keys={keys} />}
                  </span>
                </Spotlight.Action>
              ))}
          </Spotlight.ActionsGroup>
        ))}
        {shown.length === 0 && <Spotlight.Empty>Nothing is called that</Spotlight.Empty>}
      </Spotlight.ActionsList>
      <footer className={style.foot}>
        <Keys keys="↵" /> run <Keys keys="Alt ↵" /> copy as command
      </footer>
    </Spotlight.Root>
  );
}

function useEntries(opened: boolean): readonly Entry[] {
  const place = usePlace();
  const [, navigate] = useLocation();
  const { project, running, projects, directory, setStatus } = useEnvironment();
  const swapped = new Set(setStatus?.services.filter(({ state }) => state === 'swapped').map(({ name }) => name));
  const { chooseProject, chooseSet } = useChoice();
  const { setColorScheme, colorScheme } = useMantineColorScheme();

  const ofSet: readonly Entry[] = place ? Object.values(setActions(place)).map((action) => ({ ...action, group: 'Set', label: `${action.label} ${place.set}` })) : [];
  const ofServices: readonly Entry[] = (project.value?.sets.find(({ name }) => name === place?.set)?.members ?? []).flatMap(({ service }) =>
    place
      ? fittingActions(serviceActions(place, service), swapped.has(service)).map((action) => ({ ...action, group: service, label: labelFor(action, service) }))
      : [],
  );
  const ofFixtures = useFixtureEntries(opened);
  const ofRuns = useRunEntries();
  const ofReleases: readonly Entry[] = place ? (project.value?.targets ?? []).flatMap((target) => Object.values(targetActions(place.directory, target)).filter(({ id }) => !id.startsWith('remove.')).map((action) => ({ ...action, group: 'Releases', label: aimedLabel(action, target) }))) : [];
  const cancel: readonly Entry[] = running ? [{ id: 'cancel', group: 'Set', label: 'Cancel what is running', icon: X, run: () => void cancelOperation(running.id) }] : [];
  const sets: readonly Entry[] = (project.value?.sets ?? [])
    .filter(({ name }) => name !== place?.set)
    .map(({ name }) => ({ id: `look.${name}`, group: 'Set', label: `Look at ${name}`, icon: PAGES[0]?.icon ?? FolderOpen, run: () => directory && chooseSet(directory, name) }));
  const pages: readonly Entry[] = PAGES.map(({ path, title, icon, shortcut }) => ({ id: `page.${path}`, group: 'Go to', label: title, icon, keys: shortcut, run: () => navigate(path) }));
  const others: readonly Entry[] = (projects.value ?? [])
    .filter((other) => other.directory !== directory)
    .map((other) => ({ id: `project.${other.directory}`, group: 'Projects', label: `${other.name}  ${other.directory}`, icon: FolderOpen, run: () => chooseProject(other.directory) }));
  const machine: readonly Entry[] = [
    ...machineActions(navigate).map((action) => ({ ...action, group: 'This machine' })),
    ...(place
      ? [{ id: 'hostshell', group: 'This machine', label: 'Shell on this machine', icon: Keyboard, command: commandLine(['env', place.set, '--format', 'shell'], place.directory), run: () => useDock.getState().openShell({ directory: place.directory, set: place.set }) }]
      : []),
    { id: 'open', group: 'Projects', label: 'Open a folder…', icon: FolderOpen, run: openFolderDialog },
    { id: 'theme', group: 'View', label: `Switch to ${colorScheme === 'dark' ? 'light' : 'dark'} colours`, icon: SunMoon, run: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark') },
    { id: 'shortcuts', group: 'View', label: 'Shortcuts', icon: Keyboard, keys: '?', run: () => useShortcutsDialog.setState({ open: true }) },
  ];
  return [...cancel, ...ofSet, ...sets, ...pages, ...ofServices, ...ofRuns, ...ofReleases, ...ofFixtures, ...others, ...machine];
}

/** Every action on stages and runs. */
function useRunEntries(): readonly Entry[] {
  const place = usePlace();
  const { project } = useEnvironment();
  const known = useKnownRuns();
  const going = useOperations(({ summaries }) => summaries?.find(({ method, state, directory }) => method.startsWith('runs.') && state === 'running' && directory === place?.directory));
  if (!place || !project.value) return [];
  const stages = project.value.stageViews.filter(({ against }) => against === undefined).map(({ name }) => name);
  const [newest, before] = known.directory === place.directory ? known.runs : [];
  const hasFailed = newest?.stages.some(({ state }) => state === 'failed') ?? false;
  const actions: readonly Action[] = [
    ...(stages.length > 0 ? [{ ...runActions(place).run, label: 'Run all stages' }, { ...runActions(place).hold, label: 'Run all stages, and hold what fails for 15 min' }, { ...runActions(place).fresh, label: 'Run all stages afresh' }, buildAction(place)] : []),
    ...stages.flatMap((stage) => Object.values(runActions(place, [stage])).map((action) => ({ ...action, label: action.label.replace('Run', `Run ${stage}`) }))),
    ...(hasFailed ? [rerunFailedAction(place)] : []),
    ...(newest?.state === 'held' ? [{ ...releaseAction(place, newest.run), label: 'Release the held run' }] : []),
    ...(newest && before ? [compareAction(place, before.run, newest.run, 'Compare the latest run with the one before')] : []),
  ];
  const cancel: readonly Entry[] = going ? [{ id: 'run.cancel', group: 'Stages', label: 'Cancel the run', icon: X, run: () => void cancelOperation(going.id) }] : [];
  return [...cancel, ...actions.map((action) => ({ ...action, group: 'Stages' }))];
}

/** Every action on fixtures and on the set's data. Which fixtures are stored is asked as the palette opens. */
function useFixtureEntries(opened: boolean): readonly Entry[] {
  const place = usePlace();
  const { project } = useEnvironment();
  const { directory } = place ?? {};
  const stored = useCall(opened && directory !== undefined ? `stored ${directory}` : undefined, async (backlot, signal) => (await backlot.fixtures.list({ directory: directory ?? '' }, signal)).fixtures.map(({ name }) => name)).value ?? [];
  if (!place || !project.value) return [];
  const declared = project.value.fixtures;
  const names = [...new Set([...declared, ...stored])];
  const ofFixture = (name: string) => [...(stored.includes(name) ? Object.values(storedActions(place, name)) : []), ...(declared.includes(name) ? Object.values(sourceActions(place, name)) : [])].map((action) => ({ ...action, group: 'Fixtures', label: withName(action.label, name) }));
  const ofData = Object.values(dataActions(place)).map((action) => ({ ...action, group: 'Fixtures', label: action.id === 'fixture.reset' ? `Reset the data of ${place.set}…` : `Undo the latest load or reset of ${place.set}…` }));
  return [...names.flatMap(ofFixture), ...(names.length > 0 ? ofData : []), { ...pullAction(place.directory), group: 'Fixtures', label: 'Pull a fixture…' }];
}

/** `Load catalogue…`. */
function withName(label: string, name: string): string {
  return label.endsWith('…') ? `${label.slice(0, -1)} ${name}…` : `${label} ${name}`;
}

/** `Promote to staging…`. */
function aimedLabel({ id, label }: Action, target: string): string {
  const isToward = id.startsWith('promote.') || id.startsWith('deploy.');
  return withName(label, isToward ? `to ${target}` : target);
}

/** `Logs api`; `Swap api for a process on this machine…`. */
function labelFor({ id, label }: Action, service: string): string {
  return id.startsWith('swap.') ? label.replace('Swap', `Swap ${service}`) : `${label} ${service}`;
}

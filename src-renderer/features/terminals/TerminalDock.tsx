import { useEffect, useRef, useState } from 'react';
import { toFailure } from '#contract/errors.ts';
import { useBacklot } from '../../state/connection.ts';
import { useDock, type ShellRequest } from '../../state/dock.ts';
import { EmptyDock } from './EmptyDock.tsx';
import { LinkDialog } from './LinkDialog.tsx';
import { sizeThatFits } from './size-that-fits.ts';
import { TerminalPane } from './TerminalPane.tsx';
import style from './TerminalDock.module.css';
import { TerminalTabs } from './TerminalTabs.tsx';
import { adoptTerminals, closeTab, openTab, useTerminals } from './terminals-store.ts';

/** The terminals of every project, in tabs. Takes the shells asked for in state/dock. Leaves 40 px free at the upper right for the hide button. */
export function TerminalDock() {
  const backlot = useBacklot();
  const open = useDock((dock) => dock.open);
  const { tabs, active, fontSize } = useTerminals();
  const body = useRef<HTMLDivElement>(null);
  const [finding, setFinding] = useState(false);
  const [link, setLink] = useState<URL>();
  useTerminalsOfCore();

  const start = (request: ShellRequest, replaces?: string) => {
    if (backlot) void openTab(backlot, request, sizeThatFits(body.current, fontSize), replaces);
  };
  useShellsAskedFor(start);
  const close = (key: string) => closeTab(backlot, key);

  return (
    <div className={style.dock}>
      <TerminalTabs onOpen={start} onClose={close} finding={finding} onFind={() => setFinding((before) => !before)} />
      <div ref={body} className={style.body}>
        {tabs.length === 0 && <EmptyDock onOpen={start} />}
        {tabs.map((tab) => (
          <TerminalPane
            key={tab.key}
            tab={tab}
            visible={open && tab.key === active}
            finding={finding}
            onFinding={setFinding}
            onLink={setLink}
            onReconnect={() => start(tab.request, tab.key)}
            onClose={() => close(tab.key)}
          />
        ))}
      </div>
      <LinkDialog url={link} onClose={() => setLink(undefined)} />
    </div>
  );
}

/** Shows the terminals that the core has, whenever the page has connected to it. */
function useTerminalsOfCore(): void {
  const backlot = useBacklot();
  useEffect(() => {
    if (!backlot) return undefined;
    const controller = new AbortController();
    backlot.terminals.list({}, controller.signal).then(
      ({ terminals }) => adoptTerminals(terminals),
      (thrown: unknown) => {
        // Told where it matters: by the tab that is opened next, and by the banner of a lost line.
        if (toFailure(thrown).code === 'internal') throw thrown;
      },
    );
    return () => controller.abort();
  }, [backlot]);
}

/** Opens the shells that other parts of the page asked for. */
function useShellsAskedFor(start: (request: ShellRequest) => void): void {
  const backlot = useBacklot();
  const waiting = useDock(({ requests }) => requests.length);
  const starter = useRef(start);
  useEffect(() => {
    starter.current = start;
  });
  useEffect(() => {
    if (!backlot) return;
    for (let request = useDock.getState().takeRequest(); request; request = useDock.getState().takeRequest()) starter.current(request);
  }, [backlot, waiting]);
}

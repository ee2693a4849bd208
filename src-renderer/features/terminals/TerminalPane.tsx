import { Button, useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { externalLink, openExternally } from './external-link.ts';
import { FindBar } from './FindBar.tsx';
import style from './TerminalDock.module.css';
import { TerminalSession } from './terminal-session.ts';
import { terminalTheme } from './terminal-theme.ts';
import { idOf, useTerminals, type Tab } from './terminals-store.ts';
import { XtermView } from './xterm-view.ts';

type TerminalPaneProps = {
  readonly tab: Tab;
  readonly visible: boolean;
  readonly finding: boolean;
  onFinding(finding: boolean): void;
  onLink(url: URL): void;
  onReconnect(): void;
  onClose(): void;
};

/** One terminal: its screen, and what is to be said about its shell. Attached when first seen, kept until it is closed. */
export function TerminalPane({ tab, visible, finding, onFinding, onLink, onReconnect, onClose }: TerminalPaneProps) {
  const host = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<string>();
  const view = useTerminalView({ tab, host, visible, onFinding, onLink, onHover: setHovered });
  const { state } = tab;
  return (
    <div className={style.pane} role="tabpanel" id={`terminal-${tab.key}`} aria-labelledby={`tab-${tab.key}`} hidden={!visible}>
      {state.kind === 'opening' && <p className={style.opening} role="status">Opening a shell …</p>}
      {state.kind === 'failed' && (
        <div className={style.failed}>
          <FailureCard failure={state.failure}>
            <Button onClick={onReconnect}>Try again</Button>
            <Button onClick={onClose}>Close</Button>
          </FailureCard>
        </div>
      )}
      <div ref={host} className={style.host} hidden={idOf(tab) === undefined} />
      {visible && finding && view && <FindBar view={view} onClose={() => (onFinding(false), view.terminal.focus())} />}
      {hovered && <p className={style.hovered}>{hovered}</p>}
      {state.kind === 'open' && state.lost && <p className={style.lost} role="status">The line to Backlot is down. The shell goes on; its screen comes back with the line.</p>}
      {state.kind === 'ended' && (
        <div className={style.ended} role="status">
          <span>{endText(state)}</span>
          <Button onClick={onReconnect}>Reconnect</Button>
          <Button variant="subtle" onClick={onClose}>Close</Button>
        </div>
      )}
    </div>
  );
}

function endText({ exitCode, why }: { readonly exitCode?: number | undefined; readonly why?: string | undefined }): string {
  const code = exitCode === undefined ? 'The shell ended' : `The shell ended with exit code ${exitCode}`;
  return why ? `${code}: ${why}` : code;
}

type ViewOptions = Pick<TerminalPaneProps, 'tab' | 'visible' | 'onFinding' | 'onLink'> & {
  readonly host: React.RefObject<HTMLDivElement | null>;
  onHover(address: string | undefined): void;
};

/** The xterm of a pane, from the first time that it is seen. */
function useTerminalView({ tab, host, visible, onFinding, onLink, onHover }: ViewOptions): XtermView | undefined {
  const [view, setView] = useState<XtermView>();
  const look = useLook();
  const id = idOf(tab);
  const wasVisible = useWasTrue(visible);
  const latest = useRef({ look, tab, onFinding, onLink, onHover });
  useEffect(() => {
    latest.current = { look, tab, onFinding, onLink, onHover };
  });

  useEffect(() => {
    if (!host.current || id === undefined || !wasVisible) return undefined;
    const place = host.current;
    let close = () => {};
    let gone = false;
    // Metrics that are taken before the font is there are those of another font.
    void document.fonts.load(`${latest.current.look.fontSize}px "Plex Mono"`).then(() => {
      if (!gone) close = attach(place, id, latest, setView);
    });
    return () => {
      gone = true;
      close();
      setView(undefined);
    };
  }, [host, id, wasVisible]);

  useEffect(() => view?.restyle(look), [view, look]);
  useEffect(() => {
    if (!view) return;
    void view.setVisible(visible);
    if (!visible) return;
    view.fit();
    view.terminal.focus();
  }, [view, visible]);
  return view;
}

type Latest = { readonly current: Pick<ViewOptions, 'tab' | 'onFinding' | 'onLink' | 'onHover'> & { readonly look: ReturnType<typeof useLook> } };

/** Puts a live terminal into `place`. Answers how to take it out again. */
function attach(place: HTMLElement, id: string, latest: Latest, onView: (view: XtermView) => void): () => void {
  const view = new XtermView(place, latest.current.look, {
    onLink: (address) => {
      const url = externalLink(address);
      // The desktop shell asks by itself.
      if (url && window.backlotDesktop) openExternally(url);
      else if (url) latest.current.onLink(url);
    },
    onHover: (address) => latest.current.onHover(address && (externalLink(address)?.href ?? `not opened: ${address.slice(0, 200)}`)),
    onKey: (key) => (key === 'find' ? latest.current.onFinding(true) : document.getElementById(`tab-${latest.current.tab.key}`)?.focus()),
  });
  const { change } = useTerminals.getState();
  const key = () => latest.current.tab.key;
  const session = new TerminalSession(id, view, {
    onTitle: (title) => change(key(), { title }),
    onEnded: ({ exitCode, why }) => change(key(), { state: { kind: 'ended', id, exitCode, why } }),
    onLost: (lost) => {
      const { state } = latest.current.tab;
      if (state.kind === 'open' && state.lost !== lost) change(key(), { state: { kind: 'open', id, lost } });
    },
    onFailure: ({ message }) => view.terminal.writeln(`\r\n${message}`),
  });
  const resizes = new ResizeObserver(() => view.fit());
  resizes.observe(place);
  onView(view);
  return () => {
    resizes.disconnect();
    session.dispose();
    view.dispose();
  };
}

function useLook() {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const { fontSize, screenReader } = useTerminals();
  const [look, setLook] = useState(() => ({ fontSize, screenReader, theme: terminalTheme(scheme) }));
  // The tokens of the other theme can be read once the page has it.
  useEffect(() => {
    const frame = requestAnimationFrame(() => setLook({ fontSize, screenReader, theme: terminalTheme(scheme) }));
    return () => cancelAnimationFrame(frame);
  }, [scheme, fontSize, screenReader]);
  return look;
}

function useWasTrue(value: boolean): boolean {
  const [was, setWas] = useState(value);
  if (value && !was) setWas(true);
  return was || value;
}

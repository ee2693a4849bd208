import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { toFailure, type Failure } from '#contract/errors.ts';
import type { Backlot } from '#contract/index.ts';
import type { TerminalView } from '#contract/terminals.ts';
import type { ShellRequest } from '../../state/dock.ts';

/** One tab of the dock. Its shell lives in the core; the tab only shows it. */
export type Tab = {
  readonly key: string;
  readonly request: ShellRequest;
  readonly title: string;
  readonly state:
    | { readonly kind: 'opening' }
    | { readonly kind: 'open'; readonly id: string; readonly lost: boolean }
    | { readonly kind: 'ended'; readonly id: string; readonly exitCode?: number | undefined; readonly why?: string | undefined }
    | { readonly kind: 'failed'; readonly failure: Failure };
};

export type Size = { readonly columns: number; readonly rows: number };

type Terminals = {
  readonly tabs: readonly Tab[];
  readonly active: string | undefined;
  readonly fontSize: number;
  readonly screenReader: boolean;
  activate(key: string): void;
  change(key: string, change: Partial<Pick<Tab, 'title' | 'state'>>): void;
  setFontSize(size: number): void;
  setScreenReader(on: boolean): void;
};

export const FONT_SIZES = { smallest: 9, usual: 13, largest: 24 };
let lastKey = 0;

/** The tabs of the terminal dock. */
export const useTerminals = create<Terminals>()(
  persist(
    (set) => ({
      tabs: [],
      active: undefined,
      fontSize: FONT_SIZES.usual,
      screenReader: false,
      activate: (active) => set({ active }),
      change: (key, change) => set(({ tabs }) => ({ tabs: tabs.map((tab) => (tab.key === key ? { ...tab, ...change } : tab)) })),
      setFontSize: (size) => set({ fontSize: Math.max(FONT_SIZES.smallest, Math.min(FONT_SIZES.largest, size)) }),
      setScreenReader: (screenReader) => set({ screenReader }),
    }),
    {
      name: 'backlot.terminals',
      storage: createJSONStorage(() => localStorage),
      // After a reload a tab's key is its terminal's id.
      partialize: ({ fontSize, screenReader, active, tabs }) => ({ fontSize, screenReader, active: idOf(tabs.find(({ key }) => key === active)) }),
    },
  ),
);

/** Opens a shell in a tab of its own; with `replaces`, in the place of that tab. */
export async function openTab(backlot: Backlot, request: ShellRequest, size: Size, replaces?: string): Promise<void> {
  const key = `new-${Date.now()}-${(lastKey += 1)}`;
  const tab: Tab = { key, request, title: '', state: { kind: 'opening' } };
  const replaced = useTerminals.getState().tabs.find((other) => other.key === replaces);
  useTerminals.setState(({ tabs }) => ({
    active: key,
    tabs: replaces === undefined ? [...tabs, tab] : tabs.map((other) => (other.key === replaces ? tab : other)),
  }));
  forget(backlot, replaced);
  const { directory, set, service, run, stage } = request;
  try {
    const view = await backlot.terminals.open({ directory, ...size, ...(set !== undefined && { set }), ...(service !== undefined && { service }), ...(run !== undefined && { run }), ...(stage !== undefined && { stage }) });
    if (useTerminals.getState().tabs.some((other) => other.key === key)) useTerminals.getState().change(key, { state: { kind: 'open', id: view.id, lost: false } });
    else await backlot.terminals.close({ id: view.id });
  } catch (thrown) {
    useTerminals.getState().change(key, { state: { kind: 'failed', failure: toFailure(thrown) } });
  }
}

/** Takes a tab away and ends its shell. */
export function closeTab(backlot: Backlot | undefined, key: string): void {
  const { tabs, active } = useTerminals.getState();
  const index = tabs.findIndex((tab) => tab.key === key);
  const tab = tabs[index];
  if (!tab) return;
  const left = tabs.filter((other) => other !== tab);
  useTerminals.setState({ tabs: left, active: active === key ? left[Math.min(index, left.length - 1)]?.key : active });
  forget(backlot, tab);
}

function forget(backlot: Backlot | undefined, tab: Tab | undefined): void {
  const id = idOf(tab);
  // A shell that is gone already has nothing to close.
  if (id !== undefined) void backlot?.terminals.close({ id }).catch(() => {});
}

/** Shows every terminal that the core has, after a reload or from another page; tabs that are there stay as they are. */
export function adoptTerminals(views: readonly TerminalView[]): void {
  useTerminals.setState(({ tabs, active }) => {
    const known = new Set(tabs.map(idOf));
    const all = [...tabs, ...views.filter(({ id }) => !known.has(id)).map(tabOf)];
    return { tabs: all, active: all.some(({ key }) => key === active) ? active : all.at(-1)?.key };
  });
}

/** The core's id of a tab's terminal; undefined while it has none. */
export function idOf(tab: Tab | undefined): string | undefined {
  return tab && 'id' in tab.state ? tab.state.id : undefined;
}

function tabOf({ id, directory, set, service, run, stage, state, exitCode, why }: TerminalView): Tab {
  return {
    key: id,
    request: { directory, set, service, run, stage },
    title: '',
    state: state === 'open' ? { kind: 'open', id, lost: false } : { kind: 'ended', id, exitCode, why },
  };
}

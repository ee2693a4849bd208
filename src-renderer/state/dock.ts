import { create } from 'zustand';
import { persist } from 'zustand/middleware';

/** A shell that somebody asked for: in a service's container, or, without `service`, on the host; with `run`, in what a held run keeps. */
export type ShellRequest = { readonly directory: string; readonly set: string | undefined; readonly service?: string | undefined; readonly run?: string | undefined; readonly stage?: string | undefined };

type Dock = {
  readonly open: boolean;
  /** Pixels. */
  readonly height: number;
  /** Shells asked for and not opened yet, oldest first. The terminal dock takes them. */
  readonly requests: readonly ShellRequest[];
  setOpen(open: boolean): void;
  setHeight(height: number): void;
  /** Opens the dock and asks it for a shell. */
  openShell(request: ShellRequest): void;
  /** Takes the oldest request off the list. */
  takeRequest(): ShellRequest | undefined;
};

export const SMALLEST_DOCK = 140;

/** The terminal dock at the bottom of the window. */
export const useDock = create<Dock>()(
  persist(
    (change, read) => ({
      open: false,
      height: 280,
      requests: [],
      setOpen: (open) => change({ open }),
      setHeight: (height) => change({ height: Math.max(SMALLEST_DOCK, Math.round(height)) }),
      openShell: (request) => change(({ requests }) => ({ open: true, requests: [...requests, request] })),
      takeRequest: () => {
        const [first, ...rest] = read().requests;
        if (first) change({ requests: rest });
        return first;
      },
    }),
    { name: 'backlot.dock', partialize: ({ open, height }) => ({ open, height }) },
  ),
);

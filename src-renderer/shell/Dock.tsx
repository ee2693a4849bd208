import { ActionIcon, Skeleton } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import { Suspense, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { SMALLEST_DOCK, useDock } from '../state/dock.ts';
import { lazyPart } from '../state/lazy-part.ts';
import style from './Dock.module.css';

const TerminalDock = lazyPart(() => import('../features/terminals/TerminalDock.tsx').then(({ TerminalDock: part }) => part));

const STEP = 32;

/** The terminal dock's place at the bottom: it can be sized by its upper edge and closed. Loaded when first opened, kept from then on. */
export function Dock() {
  const { open, height, setOpen, setHeight } = useDock();
  const [wasOpen, setWasOpen] = useState(open);
  if (open && !wasOpen) setWasOpen(true);

  const drag = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = event.clientY + height;
    const target = event.currentTarget;
    target.onpointermove = (move) => setHeight(Math.min(from - move.clientY, window.innerHeight - 200));
    target.onpointerup = () => (target.onpointermove = null);
  };
  const nudge = (event: KeyboardEvent) => {
    const change = { ArrowUp: STEP, ArrowDown: -STEP }[event.key];
    if (change !== undefined) setHeight(height + change);
  };

  if (!wasOpen) return null;
  return (
    <section className={style.dock} style={{ height }} hidden={!open} aria-label="Terminals">
      <div
        className={style.edge}
        role="separator"
        aria-orientation="horizontal"
        aria-label="Height of the terminals"
        aria-valuenow={height}
        aria-valuemin={SMALLEST_DOCK}
        aria-valuemax={2000}
        tabIndex={0}
        onPointerDown={drag}
        onKeyDown={nudge}
      />
      <ActionIcon size={26} className={style.close} aria-label="Hide the terminals" title="Hide the terminals (Ctrl `)" onClick={() => setOpen(false)}>
        <ChevronDown size={15} />
      </ActionIcon>
      <Suspense fallback={<Skeleton height="100%" radius={0} />}>
        <TerminalDock />
      </Suspense>
    </section>
  );
}

import { useCallback, useEffect, useLayoutEffect, useState, type RefObject } from 'react';
import { fit, zoom, type GraphView } from './graph-view.ts';

type Size = { readonly width: number; readonly height: number };

/** The size of the frame, as it is. */
export function useFrameSize(frame: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 800, height: 480 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return size;
}

/** Which part of the graph is in view. It fits the frame until somebody moves it: by dragging, by the wheel, or with Ctrl and the wheel to zoom. */
export function useGraphView(frame: RefObject<HTMLElement | null>, { width, height }: Size, size: Size) {
  const [moved, setMoved] = useState<GraphView>();
  const view = moved ?? fit({ width, height }, size);
  const setView = useCallback((change: (before: GraphView) => GraphView) => setMoved((before) => change(before ?? fit({ width, height }, size))), [width, height, size]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const point = { x: event.clientX - box.left, y: event.clientY - box.top };
      if (event.ctrlKey || event.metaKey) setView((before) => zoom(before, Math.exp(-event.deltaY / 300), point));
      else setView((before) => ({ ...before, x: before.x - event.deltaX, y: before.y - event.deltaY }));
    };
    const onDown = (event: PointerEvent) => {
      if (event.button !== 0 || (event.target as HTMLElement).closest('button')) return;
      element.setPointerCapture(event.pointerId);
      const onMove = ({ movementX, movementY }: PointerEvent) => setView((before) => ({ ...before, x: before.x + movementX, y: before.y + movementY }));
      const onUp = () => element.removeEventListener('pointermove', onMove);
      element.addEventListener('pointermove', onMove);
      element.addEventListener('pointerup', onUp, { once: true });
      element.addEventListener('pointercancel', onUp, { once: true });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('pointerdown', onDown);
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('pointerdown', onDown);
    };
  }, [frame, setView]);

  const fitAll = useCallback(() => setMoved(undefined), []);
  return { view, setView, fitAll } as const;
}

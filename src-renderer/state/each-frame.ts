const MOST_WAITING = 500;

/** Hands items on once a frame. Where frames do not come, as in a hidden page, it hands them on when many have gathered. */
export function eachFrame<Item>(handle: (items: readonly Item[]) => void): (item: Item) => void {
  let waiting: Item[] = [];
  let frame: number | undefined;
  const flush = () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    const items = waiting;
    waiting = [];
    handle(items);
  };
  return (item) => {
    waiting.push(item);
    if (waiting.length >= MOST_WAITING) return flush();
    frame ??= requestAnimationFrame(flush);
  };
}

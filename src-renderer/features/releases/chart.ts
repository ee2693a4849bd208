type Frame = { readonly width: number; readonly height: number; readonly capacity: number };

/** A line over the values, the newest at the right, and where the bound lies in the same scale. The scale begins at nothing and always shows the bound. */
export function chartOf(values: readonly number[], limit: number | undefined, { width, height, capacity }: Frame): { readonly line: string | undefined; readonly bound: number | undefined } {
  const lowest = Math.min(0, ...values, limit ?? 0);
  const highest = Math.max(...values, limit ?? 0, lowest + Number.EPSILON);
  const scale = (highest - lowest) * 1.15 || 1;
  const y = (value: number) => Math.round((height - 1.5 - ((value - lowest) / scale) * (height - 3)) * 10) / 10;
  const step = width / (Math.max(2, capacity) - 1);
  const points = values.slice(-capacity).map((value, index, shown) => `${(width - (shown.length - 1 - index) * step).toFixed(1)} ${y(value)}`);
  // A single reading is a short dash at the right, so that it can be seen at all.
  const [only = ''] = points;
  const line = points.length === 0 ? undefined : points.length === 1 ? `M${(width - step).toFixed(1)} ${only.split(' ')[1] ?? '0'}L${only}` : `M${points.join('L')}`;
  return { line, bound: limit === undefined ? undefined : y(limit) };
}

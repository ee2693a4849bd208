import style from './Sparkline.module.css';

type SparklineProps = {
  readonly values: readonly number[];
  /** The value at the upper edge; at least the largest of the values is always inside. */
  readonly top: number;
  /** How many values the whole width holds: fewer leave room at the left. */
  readonly capacity: number;
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
};

/** A small line over the latest values, newest at the right. */
export function Sparkline({ values, top, capacity, label, width = 64, height = 20 }: SparklineProps) {
  const line = sparkPath(values, { top, capacity, width, height });
  return (
    <svg className={style.spark} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path className={style.floor} d={`M0 ${height - 0.5}H${width}`} />
      {line && (
        <>
          <path className={style.area} d={`${line.path}V${height}H${line.start}Z`} />
          <path className={style.line} d={line.path} />
        </>
      )}
    </svg>
  );
}

type Frame = { readonly top: number; readonly capacity: number; readonly width: number; readonly height: number };

function sparkPath(values: readonly number[], { top, capacity, width, height }: Frame): { readonly path: string; readonly start: string } | undefined {
  if (values.length < 2) return undefined;
  const highest = Math.max(top, ...values) || 1;
  const step = width / (capacity - 1);
  const points = values.map((value, position) => {
    const x = width - (values.length - 1 - position) * step;
    const y = height - 1 - (value / highest) * (height - 3);
    return [x.toFixed(1), y.toFixed(1)] as const;
  });
  const [first = ['0', '0'] as const] = points;
  return { path: `M${points.map(([x, y]) => `${x} ${y}`).join('L')}`, start: first[0] };
}

import style from './ProgressLine.module.css';

/** A thin bar. Without `share` (0 to 1) it only says that something goes on. */
export function ProgressLine({ share, label }: { readonly share: number | undefined; readonly label: string }) {
  const known = share !== undefined;
  return (
    <span className={style.track} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} {...(known && { 'aria-valuenow': Math.round(share * 100) })}>
      <span className={style.bar} data-open={!known || undefined} style={known ? { width: `${Math.min(100, share * 100)}%` } : undefined} />
    </span>
  );
}

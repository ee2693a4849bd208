import type { Look } from './phase.ts';
import style from './StateIcon.module.css';

/** A state by shape and colour, so that colour is never the only sign. */
export function StateIcon({ look, size = 14 }: { readonly look: Look; readonly size?: number }) {
  return (
    <svg className={style.icon} data-tone={look.tone} data-shape={look.shape} width={size} height={size} viewBox="0 0 14 14" aria-hidden="true">
      {drawing(look.shape)}
    </svg>
  );
}

/** The icon with its word. */
export function StateLabel({ look }: { readonly look: Look }) {
  return (
    <span className={style.label} data-tone={look.tone}>
      <StateIcon look={look} />
      {look.label}
    </span>
  );
}

function drawing(shape: Look['shape']) {
  const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.7, strokeLinecap: 'round', strokeLinejoin: 'round' } as const;
  switch (shape) {
    case 'disc':
      return <circle cx="7" cy="7" r="4.2" fill="currentColor" />;
    case 'check':
      return <path d="m3 7.4 2.7 2.7L11 4.4" {...line} />;
    case 'cross':
      return (
        <>
          <circle cx="7" cy="7" r="6" fill="currentColor" />
          <path d="m5 5 4 4m0-4L5 9" {...line} stroke="var(--panel)" strokeWidth="1.5" />
        </>
      );
    case 'alert':
      return (
        <>
          <path d="M7 1.4 13.2 12.4H.8z" fill="currentColor" stroke="currentColor" strokeWidth="1" strokeLinejoin="round" />
          <path d="M7 5.3v3.2m0 1.9v.1" {...line} stroke="var(--panel)" strokeWidth="1.5" />
        </>
      );
    case 'spinner':
      return (
        <>
          <circle cx="7" cy="7" r="5" {...line} opacity=".25" />
          <path d="M7 2a5 5 0 0 1 5 5" {...line} />
        </>
      );
    case 'ring':
      return <circle cx="7" cy="7" r="3.9" {...line} strokeWidth="1.5" />;
    case 'pause':
      return <path d="M5 4v6m4-6v6" {...line} />;
    case 'swap':
      return <path d="M2.5 5h8m0 0L8.2 2.7M10.5 5 8.2 7.3M11.5 9.5h-8m0 0 2.3-2.3M3.5 9.5l2.3 2.3" {...line} strokeWidth="1.4" />;
    default:
      return shape satisfies never;
  }
}

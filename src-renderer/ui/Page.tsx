import type { ReactNode } from 'react';
import style from './Page.module.css';

type PageProps = { readonly title: ReactNode; readonly detail?: ReactNode; readonly actions?: ReactNode; readonly children: ReactNode; readonly fill?: boolean };

/** A page: its heading, its actions at the right, and its content. `fill` leaves scrolling to the content. */
export function Page({ title, detail, actions, children, fill = false }: PageProps) {
  return (
    <div className={style.page} data-fill={fill || undefined}>
      <header className={style.header}>
        <div className={style.heading}>
          <h1 className={style.title}>{title}</h1>
          {detail && <div className={style.detail}>{detail}</div>}
        </div>
        {actions && <div className={style.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A titled part of a page. */
export function Section({ title, actions, children }: { readonly title: string; readonly actions?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className={style.section}>
      <div className={style.sectionHead}>
        <h2 className={style.sectionTitle}>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

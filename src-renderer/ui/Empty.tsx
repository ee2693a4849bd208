import type { ReactNode } from 'react';
import style from './Empty.module.css';

type EmptyProps = { readonly icon?: ReactNode; readonly title: string; readonly text?: ReactNode; readonly children?: ReactNode };

/** A place with nothing in it: says why and what the next step is. */
export function Empty({ icon, title, text, children }: EmptyProps) {
  return (
    <div className={style.empty}>
      {icon && <div className={style.icon}>{icon}</div>}
      <h2 className={style.title}>{title}</h2>
      {text && <p className={style.text}>{text}</p>}
      {children && <div className={style.actions}>{children}</div>}
    </div>
  );
}

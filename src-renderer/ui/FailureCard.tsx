import { CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Failure, Where } from '#contract/errors.ts';
import { CopyButton } from './CopyButton.tsx';
import { textOfPlace } from './format.ts';
import style from './FailureCard.module.css';
import { lookOfPhase } from './phase.ts';
import { StateIcon } from './StateIcon.tsx';

type FailureCardProps = { readonly failure: Failure; readonly children?: ReactNode; readonly onDismiss?: (() => void) | undefined };

/** An error as a person needs it: what, where, why, and what to do next. */
export function FailureCard({ failure, children, onDismiss }: FailureCardProps) {
  const { message, where, cause, fix, also = [], code } = failure;
  return (
    <section className={style.card} role="alert">
      <StateIcon look={lookOfPhase('failed')} size={16} />
      <div className={style.body}>
        <p className={style.message}>{message}</p>
        {where && <Place where={where} />}
        {cause && cause !== message && (
          <pre className={style.cause} tabIndex={0} aria-label="Cause">
            {cause}
          </pre>
        )}
        {fix && (
          <p className={style.fix}>
            <strong>Fix:</strong> {fix}
          </p>
        )}
        {also.map((other) => (
          <div key={`${other.message} ${other.where?.line ?? ''}`} className={style.also}>
            <p>{other.message}</p>
            {other.where && <Place where={other.where} />}
            {other.fix && <p className={style.fix}>{other.fix}</p>}
          </div>
        ))}
        {children && <div className={style.actions}>{children}</div>}
      </div>
      <div className={style.corner}>
        <code className={style.code}>{code}</code>
        {onDismiss && <CloseButton className={style.close ?? ''} size={22} aria-label="Dismiss" onClick={onDismiss} />}
      </div>
    </section>
  );
}

function Place({ where }: { readonly where: Where }) {
  const place = textOfPlace(where);
  return (
    <p className={style.place}>
      <code>{place}</code> <CopyButton text={place} label="Copy the place" />
    </p>
  );
}

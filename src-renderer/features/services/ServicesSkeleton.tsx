import { Skeleton } from '@mantine/core';
import type { SetView } from '#contract/project.ts';
import { useEngine } from '../../state/feeds.ts';
import { Elapsed } from '../../ui/Time.tsx';
import header from './SetHeader.module.css';
import style from './ServicesPage.module.css';

type ServicesSkeletonProps = { readonly set?: SetView; readonly since?: number };

/** The page's shape before its content: never an empty list while a call is pending. */
export function ServicesSkeleton({ set, since }: ServicesSkeletonProps) {
  const isDown = useEngine().value?.state === 'down';
  const words = !set ? 'Reading the project' : isDown ? 'What is up is not known while the engine does not answer' : 'Asking the engine what is up';
  return (
    <div className={style.column} aria-busy="true">
      <div className={header.top}>
        {set ? <h1 className={header.title}>{set.name}</h1> : <Skeleton height={24} width={140} />}
        <span className={header.facts} role="status">
          {words}
          {since !== undefined && since > 0 && !(set && isDown) && (
            <span aria-hidden="true">
              <Elapsed since={since} />
            </span>
          )}
        </span>
      </div>
      <Skeleton height={5} />
      <Skeleton height={30} width={260} />
      <div className={style.skeleton}>
        {(set?.members ?? Array.from({ length: 6 }, (_, index) => ({ service: String(index) }))).slice(0, 12).map(({ service }) => (
          <div key={service}>
            <Skeleton height={26} width={26} radius={7} />
            <Skeleton height={11} width="16%" />
            <Skeleton height={11} width="9%" ml="8%" />
            <Skeleton height={11} width="13%" ml="6%" />
          </div>
        ))}
      </div>
    </div>
  );
}

import { useEffect, useState } from 'react';
import { ago, duration } from './format.ts';

/** How long ago `at` was; the absolute time is its title. Renewed slowly, and not while the page is hidden. */
export function Ago({ at }: { readonly at: string }) {
  const now = useNow(10_000);
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {ago(Date.parse(at), now)}
    </time>
  );
}

/** How long it has been since `since` (milliseconds since the epoch), counting. */
export function Elapsed({ since }: { readonly since: number }) {
  return <span>{duration(useNow(1000) - since)}</span>;
}

/** How long it is until `until` (milliseconds since the epoch), counting down. */
export function Remaining({ until }: { readonly until: number }) {
  return <span>{duration(Math.max(0, until - useNow(1000)))}</span>;
}

/** How long it has been on the page, counting. */
export function ElapsedHere() {
  const [since] = useState(() => Date.now());
  return <Elapsed since={since} />;
}

/** The time now, renewed every `interval` milliseconds while the page can be seen. */
function useNow(interval: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const renew = () => !document.hidden && setNow(Date.now());
    const timer = setInterval(renew, interval);
    document.addEventListener('visibilitychange', renew);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', renew);
    };
  }, [interval]);
  return now;
}

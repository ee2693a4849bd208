import type { ScreenPicture } from '#contract/runs.ts';
import { createLive, useLive } from '../../state/live.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import style from './LiveScreen.module.css';

const screenFeed = createLive<{ run: string; stage: string }, ScreenPicture, ScreenPicture>({
  open: (backlot, input, signal) => backlot.runs.screen(input, signal),
  reduce: (before, items) => items.at(-1) ?? (before as ScreenPicture),
  onlyVisible: true,
});

type LiveScreenProps = { readonly run: string; readonly stage: string };

/** What the browser of a stage shows now. Pictures come only while this can be seen. */
export function LiveScreen({ run, stage }: LiveScreenProps) {
  const { value, error } = useLive(screenFeed, { run, stage });
  if (error) return <FailureCard failure={error} />;
  return (
    <figure className={style.screen} aria-label="The browser, live">
      <div className={style.frame}>
        {value ? <img src={`data:image/png;base64,${value.base64}`} alt={`What the browser of ${stage} shows`} /> : <p>No page is open yet. What the tests open is shown here, about once a second.</p>}
      </div>
      <figcaption>
        {value ? <>Live. It looked like this at <time dateTime={value.time}>{new Date(value.time).toLocaleTimeString()}</time>; a page that shows a dialog is left alone until the test has answered it.</> : 'Live'}
      </figcaption>
    </figure>
  );
}

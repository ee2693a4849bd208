import style from './MiddleCut.module.css';

/** So much of the end always stays: numbers are what like names differ in. */
const TAIL = 7;
const SHORT = 14;

/** A name that is cut in its middle where there is too little room, so that its end stays in view. */
export function MiddleCut({ text }: { readonly text: string }) {
  if (text.length <= SHORT) return <span className={style.whole}>{text}</span>;
  return (
    <span className={style.cut}>
      <span className="visually-hidden">{text}</span>
      <span className={style.head} aria-hidden="true">
        {text.slice(0, -TAIL)}
      </span>
      <span aria-hidden="true">{text.slice(-TAIL)}</span>
    </span>
  );
}

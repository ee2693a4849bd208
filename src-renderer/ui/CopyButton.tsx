import { ActionIcon } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import style from './CopyButton.module.css';

type CopyButtonProps = { readonly text: string; readonly label: string };

/** A small button that copies `text`; it says so in place. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [copied, copy] = useCopied(text);
  return (
    <ActionIcon size={22} aria-label={label} title={label} onClick={copy} data-copied={copied || undefined}>
      {copied ? <Check size={13} color="var(--ready)" /> : <Copy size={13} />}
    </ActionIcon>
  );
}

/** The text itself, as a button that copies it. */
export function CopyText({ text, label, shown = text }: CopyButtonProps & { readonly shown?: string }) {
  const [copied, copy] = useCopied(text);
  return (
    <button type="button" className={style.text} onClick={copy} title={`${text}\n${label}`}>
      <span className={style.value}>{shown}</span>
      <span className="visually-hidden">: {label}</span>
      {copied ? <Check size={12} color="var(--ready)" /> : <Copy size={12} className={style.sign} />}
    </button>
  );
}

function useCopied(text: string): readonly [boolean, (event: { stopPropagation(): void }) => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1400);
    return () => clearTimeout(timer);
  }, [copied]);
  return [
    copied,
    (event) => {
      event.stopPropagation();
      navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));
    },
  ];
}

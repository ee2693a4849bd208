import { Button, Select, Skeleton, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Link, useLocation } from 'wouter';
import type { Explanation } from '#contract/names.ts';
import { whyCommand, whyPath } from '../../shell/name-actions.ts';
import { useCall } from '../../state/use-call.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { Section } from '../../ui/Page.tsx';
import type { Look } from '../../ui/phase.ts';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { cutSuffix } from './fold.ts';
import style from './WhyBox.module.css';

type WhyBoxProps = {
  readonly place: { readonly directory: string; readonly set: string };
  readonly services: readonly string[];
  readonly suffixes: readonly string[];
  /** The question that the page was opened with. */
  readonly asked: string | undefined;
  readonly from: string | undefined;
};

/** Asks who answers for a name, seen from a service, and shows step by step how that was decided. */
export function WhyBox({ place, services, suffixes, asked, from }: WhyBoxProps) {
  const [, navigate] = useLocation();
  const [name, setName] = useState(asked ?? '');
  const [caller, setCaller] = useState<string | null>(from !== undefined && services.includes(from) ? from : null);
  const question = asked === undefined ? undefined : { ...place, name: asked, ...(from !== undefined && { from }) };
  const answer = useCall(question && `why ${JSON.stringify(question)}`, (backlot, signal) => backlot.names.why(question ?? { ...place, name }, signal));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim().replace(/\.$/, '');
    if (wanted === '') return;
    if (wanted === asked && (caller ?? undefined) === from) answer.reload();
    else navigate(whyPath(wanted, caller ?? undefined));
  };
  return (
    <Section title="Why does a name resolve as it does?">
      <div className={style.card}>
        <form className={style.form} onSubmit={submit}>
          <TextInput className={style.name} aria-label="Name" placeholder={`node-1${suffixes[0] === undefined ? '' : `.${suffixes[0]}`}`} value={name} onChange={(event) => setName(event.currentTarget.value)} spellCheck={false} autoComplete="off" />
          <Select aria-label="Asked from" placeholder="from any service" data={services.map((service) => ({ value: service, label: `from ${service}` }))} value={caller} onChange={setCaller} searchable clearable nothingFoundMessage="No such service" />
          <Button type="submit" variant="filled" loading={question !== undefined && answer.pending} disabled={name.trim() === ''}>
            Ask
          </Button>
        </form>
        {answer.error && <FailureCard failure={answer.error} />}
        {question && !answer.value && !answer.error && <AnswerSkeleton />}
        {answer.value && !answer.error && <Answer explanation={answer.value} suffixes={suffixes} place={place} />}
      </div>
    </Section>
  );
}

const VERDICTS: Record<Explanation['verdict'], { readonly look: Look; readonly words: string }> = {
  owned: { look: { tone: 'ready', label: 'owned', shape: 'check' }, words: 'is answered by' },
  blocked: { look: { tone: 'warn', label: 'blocked', shape: 'alert' }, words: 'is blocked by the guard' },
  forwarded: { look: { tone: 'busy', label: 'forwarded', shape: 'swap' }, words: 'is asked of the outside world' },
  unknown: { look: { tone: 'idle', label: 'unknown', shape: 'ring' }, words: 'is known to nobody' },
};

function Answer({ explanation, suffixes, place }: { readonly explanation: Explanation; readonly suffixes: readonly string[]; readonly place: WhyBoxProps['place'] }) {
  const { name, from, verdict, owner, address, steps } = explanation;
  const { look, words } = VERDICTS[verdict];
  const { stem, suffix } = cutSuffix(name, suffixes);
  return (
    <div className={style.answer} role="status">
      <p className={style.verdict} data-tone={look.tone}>
        <StateLabel look={look} />
      </p>
      <p className={style.sentence}>
        <code>
          {stem}
          <span>{suffix}</span>
        </code>{' '}
        {words}
        {owner && <> <Link href={`/services/${encodeURIComponent(owner)}`}>{owner}</Link></>}
        {from && <span className={style.view}>, as {from} sees it</span>}
      </p>
      {address && <CopyText text={address} label="Copy the address" />}
      <ol className={style.steps}>
        {steps.map((step, index) => (
          <li key={`${index} ${step}`}>{step}</li>
        ))}
      </ol>
      <CopyText text={whyCommand(place, name, from)} shown={`backlot names why ${stem}…`} label="Copy as command" />
    </div>
  );
}

function AnswerSkeleton() {
  return (
    <div className={style.answer} aria-busy="true">
      <Skeleton height={20} width={90} />
      <Skeleton height={12} width="90%" />
      <Skeleton height={12} width="70%" />
      <Skeleton height={12} width="80%" />
    </div>
  );
}

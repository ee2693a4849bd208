import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '#contract/operations.ts';
import { answerOperation } from '../../state/operations.ts';
import type { QuestionEvent } from '../../state/roll.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Remaining } from '../../ui/Time.tsx';
import { lookOfVerdict } from './release-words.ts';
import style from './ReleasesPage.module.css';

const WORDS: Record<Answer, { readonly label: string; readonly title: string }> = {
  continue: { label: 'Let it stay', title: 'It goes on as if its verdict were good; who said so is recorded' },
  rollback: { label: 'Roll back', title: 'What was there before comes back' },
  abort: { label: 'Leave it undecided', title: 'It ends here, with an inconclusive verdict; in the middle of a roll, what was there before comes back' },
};

/** What could not be judged, how long an answer is waited for, and the answers that there are. */
export function QuestionBar({ operation, question: { text, answers, until } }: { readonly operation: string; readonly question: QuestionEvent }) {
  const [given, setGiven] = useState<Answer>();
  const give = (answer: Answer) => {
    setGiven(answer);
    void answerOperation(operation, answer).then((isGiven) => isGiven || setGiven(undefined));
  };
  return (
    <section className={style.ask} role="alert" aria-label="It waits for an answer">
      <StateIcon look={lookOfVerdict('inconclusive')} size={15} />
      <p>
        <b>{text}</b>
        <span className={style.soft}>
          {' '}
          Waits for <Remaining until={Date.parse(until)} /> yet.
        </span>
      </p>
      <span className={style.buttons}>
        {answers.map((answer) => (
          <Button key={answer} title={WORDS[answer].title} disabled={given !== undefined} loading={given === answer} onClick={() => give(answer)}>
            {WORDS[answer].label}
          </Button>
        ))}
      </span>
    </section>
  );
}

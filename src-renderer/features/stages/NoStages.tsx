import { Workflow } from 'lucide-react';
import { commandLine } from '../../shell/command-lines.ts';
import { CopyButton, CopyText } from '../../ui/CopyButton.tsx';
import { Empty } from '../../ui/Empty.tsx';
import style from '../fixtures/FixturesPage.module.css';

const DECLARATION = `build: { context: . }
stages:
  unit:        { run: npm test, junit: reports/*.xml }
  integration: { run: npm run test:integration, needs: [unit], services: [db, cache] }
  browser:     { run: npm run test:browser, needs: [unit], services: [app], browser: chromium, artifacts: [screens/**] }
`;

/** What a stage is and how the first one is declared. */
export function NoStages({ directory }: { readonly directory: string }) {
  return (
    <div>
      <Empty
        icon={<Workflow size={20} />}
        title="No stage yet"
        text="A stage is one containerized test step: the same image, command, data and names as in CI, in a network of its own that is gone afterwards. It runs here with one button and never disturbs a set that is up."
      />
      <div className={style.empty} style={{ paddingTop: 0 }}>
        <ol className={style.steps}>
          <li>
            <div className={style.stepText}>
              <p>
                <b>Declare the stages</b>, in backlot.yaml:
              </p>
              <div className={style.snippetBox}>
                <pre className={style.snippet} tabIndex={0} aria-label="Lines for backlot.yaml">
                  {DECLARATION}
                </pre>
                <CopyButton text={DECLARATION} label="Copy the lines for backlot.yaml" />
              </div>
            </div>
          </li>
          <li>
            <div className={style.stepText}>
              <p>
                <b>Run them</b>, here or in a terminal. What a stage needs runs first, the rest beside it:
              </p>
              <CopyText text={commandLine(['run'], directory)} shown="backlot run" label="Copy the command" />
            </div>
          </li>
          <li>
            <div className={style.stepText}>
              <p>
                <b>Have CI run the same</b>, by a file of a few lines:
              </p>
              <CopyText text={commandLine(['ci', 'generate', 'github'], directory)} shown="backlot ci generate github" label="Copy the command" />
            </div>
          </li>
        </ol>
      </div>
    </div>
  );
}

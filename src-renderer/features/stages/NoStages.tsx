import { Workflow } from 'lucide-react';
import { CommandStep, NothingYet, SnippetStep } from '../../shell/NextSteps.tsx';

const DECLARATION = `build: { context: . }
stages:
  unit:        { run: npm test, junit: reports/*.xml }
  integration: { run: npm run test:integration, needs: [unit], services: [db, cache] }
  browser:     { run: npm run test:browser, needs: [unit], services: [app], browser: chromium, artifacts: [screens/**] }
`;

/** What a stage is and how the first one is declared. */
export function NoStages({ directory }: { readonly directory: string }) {
  return (
    <NothingYet
      icon={<Workflow size={20} />}
      title="No stage yet"
      text="A stage is one containerized test step: the same image, command, data and names as in CI, in a network of its own that is gone afterwards. It runs here with one button and never disturbs a set that is up."
    >
      <SnippetStep lines={DECLARATION}>
        <b>Declare the stages</b>, in backlot.yaml:
      </SnippetStep>
      <CommandStep words={['run']} directory={directory}>
        <b>Run them</b>, here or in a terminal. What a stage needs runs first, the rest beside it:
      </CommandStep>
      <CommandStep words={['ci', 'generate', 'github']} directory={directory}>
        <b>Have CI run the same</b>, by a file of a few lines:
      </CommandStep>
    </NothingYet>
  );
}

import { Rocket } from 'lucide-react';
import { commandLine } from '../../shell/command-lines.ts';
import { CopyButton, CopyText } from '../../ui/CopyButton.tsx';
import { Empty } from '../../ui/Empty.tsx';
import fixtures from '../fixtures/FixturesPage.module.css';

const DECLARATION = `registry: registry.example:5000
targets:
  staging:
    requires: [unit, integration]
    deploy: { script: { run: [sh, deploy.sh] } }
  production:
    requires: [unit, integration, { stage: smoke, on: staging }]
    platform: linux/amd64
    deploy: { swarm: { stack: shop, file: stack.yaml } }
`;

/** What a target is and how the first release comes to be. */
export function NoTargets({ directory }: { readonly directory: string }) {
  return (
    <div>
      <Empty icon={<Rocket size={20} />} title="No target yet" text="A target is where images are promoted to and how they are deployed there. What is promoted is the very image that the stages passed on, with its evidence; what is released is watched, and comes back by itself where it fails." />
      <div className={fixtures.empty} style={{ paddingTop: 0 }}>
        <ol className={fixtures.steps}>
          <li>
            <div className={fixtures.stepText}>
              <p>
                <b>Say where to, and what must have passed</b>, in backlot.yaml:
              </p>
              <div className={fixtures.snippetBox}>
                <pre className={fixtures.snippet} tabIndex={0} aria-label="Lines for backlot.yaml">
                  {DECLARATION}
                </pre>
                <CopyButton text={DECLARATION} label="Copy the lines for backlot.yaml" />
              </div>
            </div>
          </li>
          <Step what="Promote" text="what passed. It refuses with every condition that does not hold:" words={['promote', '--target', 'staging']} directory={directory} />
          <Step what="Deploy" text="it, and have it watched:" words={['deploy', 'staging']} directory={directory} />
        </ol>
      </div>
    </div>
  );
}

type StepProps = { readonly what: string; readonly text: string; readonly words: readonly string[]; readonly directory: string };

function Step({ what, text, words, directory }: StepProps) {
  return (
    <li>
      <div className={fixtures.stepText}>
        <p>
          <b>{what}</b> {text}
        </p>
        <CopyText text={commandLine(words, directory)} shown={commandLine(words)} label="Copy the command" />
      </div>
    </li>
  );
}

import { Rocket } from 'lucide-react';
import { CommandStep, NothingYet, SnippetStep } from '../../shell/NextSteps.tsx';

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
    <NothingYet
      icon={<Rocket size={20} />}
      title="No target yet"
      text="A target is where images are promoted to and how they are deployed there. What is promoted is the very image that the stages passed on, with its evidence; what is released is watched, and comes back by itself where it fails."
    >
      <SnippetStep lines={DECLARATION}>
        <b>Say where to, and what must have passed</b>, in backlot.yaml:
      </SnippetStep>
      <CommandStep words={['promote', '--target', 'staging']} directory={directory}>
        <b>Promote</b> what passed. It refuses with every condition that does not hold:
      </CommandStep>
      <CommandStep words={['deploy', 'staging']} directory={directory}>
        <b>Deploy</b> it, and have it watched:
      </CommandStep>
    </NothingYet>
  );
}

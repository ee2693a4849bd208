import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ProjectView, SetView } from '#contract/project.ts';
import { openFolderDialog } from '../../shell/OpenFolder.tsx';
import { useEnvironment } from '../../state/environment.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { Page } from '../../ui/Page.tsx';
import { CloneOffer } from './CloneOffer.tsx';
import { WelcomePage } from './WelcomePage.tsx';

type ProjectGateProps = { readonly skeleton: ReactNode; children(project: ProjectView, set: SetView): ReactNode };

/** Shows its content once the project is known; before that, how to open one, a skeleton, or what is wrong with its files. */
export function ProjectGate({ skeleton, children }: ProjectGateProps) {
  const { projects, directory, project, setView } = useEnvironment();
  if (directory === undefined) {
    if (projects.error) return <Broken title="The list of projects cannot be read" call={projects} />;
    return projects.value?.length === 0 ? <WelcomePage /> : skeleton;
  }
  if (project.error && !project.value) return <Broken title="This project cannot be read" call={project} directory={directory} />;
  if (!project.value || !setView) return skeleton;
  return children(project.value, setView);
}

type BrokenProps = { readonly title: string; readonly directory?: string; readonly call: { readonly error: Parameters<typeof FailureCard>[0]['failure'] | undefined; readonly pending: boolean; reload(): void } };

function Broken({ title, call, directory }: BrokenProps) {
  return (
    <Page title={title}>
      {call.error && (
        <FailureCard failure={call.error}>
          <Button onClick={call.reload} loading={call.pending}>
            Read it again
          </Button>
          <Button onClick={openFolderDialog}>Open another folder…</Button>
        </FailureCard>
      )}
      {call.error?.code === 'component-missing' && directory !== undefined && <CloneOffer directory={directory} onCloned={call.reload} />}
    </Page>
  );
}

import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { create } from 'zustand';
import { toFailure, type Failure } from '#contract/errors.ts';
import { useBacklot } from '../state/connection.ts';
import { useChoice } from '../state/choice.ts';
import { useEnvironment } from '../state/environment.tsx';
import { FailureCard } from '../ui/FailureCard.tsx';
import { launch } from './launch.ts';

const useDialog = create(() => ({ open: false }));

/** Shows the dialog that asks for a project's folder. */
export function openFolderDialog(): void {
  useDialog.setState({ open: true });
}

/** Asks for a folder by its path and opens the project in it; offers `init` where there is none yet. */
export function OpenFolderDialog() {
  const { open } = useDialog();
  const close = () => useDialog.setState({ open: false });
  return (
    <Modal opened={open} onClose={close} title="Open a project" size={520}>
      <OpenFolderForm onOpened={close} />
    </Modal>
  );
}

/** The form alone: a path, and what came of it. */
export function OpenFolderForm({ onOpened }: { readonly onOpened: () => void }) {
  const backlot = useBacklot();
  const { projects } = useEnvironment();
  const chooseProject = useChoice((state) => state.chooseProject);
  const [directory, setDirectory] = useState('');
  const [failure, setFailure] = useState<Failure>();
  const [pending, setPending] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!backlot || directory.trim() === '') return;
    setPending(true);
    setFailure(undefined);
    try {
      const opened = await backlot.project.open({ directory: directory.trim() });
      chooseProject(opened.directory);
      projects.reload();
      onOpened();
    } catch (thrown) {
      setFailure(toFailure(thrown));
    } finally {
      setPending(false);
    }
  };

  const init = () => {
    const place = directory.trim();
    setFailure(undefined);
    void launch({ method: 'project.init', directory: place, start: (core) => core.project.init({ directory: place }) });
  };

  return (
    <form onSubmit={(event) => void submit(event)} style={{ display: 'grid', gap: 12, textAlign: 'left' }}>
      <TextInput
        label="Folder on this machine"
        description="The one with backlot.yaml, or any folder below it"
        placeholder="/home/you/shop"
        value={directory}
        onChange={(event) => setDirectory(event.currentTarget.value)}
        autoFocus
        data-autofocus
        spellCheck={false}
      />
      {failure && (
        <FailureCard failure={failure}>
          {failure.code === 'project-missing' && <Button onClick={init}>Write backlot.yaml there</Button>}
        </FailureCard>
      )}
      <Group justify="flex-end">
        <Button type="submit" variant="filled" loading={pending} disabled={!backlot || directory.trim() === ''}>
          Open
        </Button>
      </Group>
    </form>
  );
}

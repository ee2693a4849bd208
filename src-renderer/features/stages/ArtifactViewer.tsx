import { ActionIcon, Button, Modal, Skeleton } from '@mantine/core';
import { ChevronLeft, ChevronRight, Download } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { Artifact } from '#contract/runs.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { useFocusGivenBack } from '../../ui/focus.ts';
import { bytes } from '../../ui/format.ts';
import { kindOf, nameOf } from './artifact-kinds.ts';
import style from './ArtifactList.module.css';
import { textOfContent, useAddress, useArtifact, type Content as ArtifactContent } from './use-artifact.ts';

type ArtifactViewerProps = { readonly run: string; readonly artifacts: readonly Artifact[]; readonly opened: Artifact; onOpen(artifact: Artifact): void; onClose(): void };

/** Characters of a text that are drawn. */
const MOST_DRAWN = 300_000;

/** One artifact in full, with its neighbours an arrow key away. */
export function ArtifactViewer({ run, artifacts, opened, onOpen, onClose }: ArtifactViewerProps) {
  const { stage, path, bytes: size } = opened;
  const place = artifacts.findIndex((one) => one.path === path && one.stage === stage);
  const content = useArtifact({ run, stage, path });
  useFocusGivenBack();
  const address = useAddress(content.value, path);
  const go = (step: 1 | -1) => {
    const next = artifacts[place + step];
    if (next) onOpen(next);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowRight') go(1);
    if (event.key === 'ArrowLeft') go(-1);
  };
  return (
    <Modal opened onClose={onClose} title={nameOf(path)} size="min(1200px, 92vw)" onKeyDown={onKey}>
      <div className={style.viewer}>
        <div className={style.bar}>
          <ActionIcon aria-label="The one before" disabled={place <= 0} onClick={() => go(-1)}>
            <ChevronLeft size={16} />
          </ActionIcon>
          <ActionIcon aria-label="The next one" disabled={place >= artifacts.length - 1} onClick={() => go(1)}>
            <ChevronRight size={16} />
          </ActionIcon>
          <span>
            {path} · {bytes(size)} · {place + 1} of {artifacts.length}
          </span>
          {address !== undefined && kindOf(opened) !== 'other' && (
            <Button component="a" href={address} download={nameOf(path)} leftSection={<Download size={13} />} size="compact-sm">
              Save
            </Button>
          )}
        </div>
        {content.error ? <FailureCard failure={content.error} /> : <Content artifact={opened} content={content.value} address={address} />}
      </div>
    </Modal>
  );
}

type ContentProps = { readonly artifact: Artifact; readonly content: ArtifactContent | undefined; readonly address: string | undefined };

function Content({ artifact, content, address }: ContentProps) {
  if (!content || address === undefined) return <Skeleton height={320} />;
  switch (kindOf(artifact)) {
    case 'picture':
      return <img className={style.picture} src={address} alt={artifact.path} />;
    case 'text':
      return (
        <pre className={style.text} tabIndex={0}>
          {textOfContent(content).slice(0, MOST_DRAWN)}
        </pre>
      );
    case 'other':
      return <p className={style.note}>It cannot be shown here, because of its kind or its size. Copy it to a folder by the command below the list.</p>;
    default:
      return null;
  }
}

import { Button, Skeleton } from '@mantine/core';
import { FileText, Film, File as FileIcon } from 'lucide-react';
import { useState } from 'react';
import type { Artifact } from '#contract/runs.ts';
import { commandLine } from '../../shell/command-lines.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { bytes } from '../../ui/format.ts';
import { kindOf, nameOf, picturesFirst } from './artifact-kinds.ts';
import style from './ArtifactList.module.css';
import { ArtifactViewer } from './ArtifactViewer.tsx';
import panel from './StagesPage.module.css';
import { useAddress, useArtifact } from './use-artifact.ts';

type ArtifactListProps = { readonly run: string; readonly artifacts: readonly Artifact[] | undefined };

/** Pictures and files fetched and drawn at once; the rest on demand. */
const FIRST = { pictures: 12, files: 40 } as const;

/** What a stage left: pictures as pictures, everything else to be looked at or saved. */
export function ArtifactList({ run, artifacts }: ArtifactListProps) {
  const [opened, setOpened] = useState<Artifact>();
  const [all, setAll] = useState(false);
  if (!artifacts) return <Skeleton m={14} height={120} w="auto" />;
  if (artifacts.length === 0) return <p className={panel.quiet}>It kept no artifact. Name files with artifacts: in backlot.yaml to have them kept, whatever the outcome.</p>;
  const { pictures, others } = picturesFirst(artifacts);
  const more = pictures.length > FIRST.pictures || others.length > FIRST.files;
  return (
    <div className={style.artifacts}>
      {pictures.length > 0 && <PictureGrid run={run} pictures={all ? pictures : pictures.slice(0, FIRST.pictures)} onOpen={setOpened} />}
      {others.length > 0 && (
        <ul className={style.files} aria-label="Files">
          {(all ? others : others.slice(0, FIRST.files)).map((artifact) => (
            <li key={artifact.path}>
              <button type="button" onClick={() => setOpened(artifact)}>
                <Sign artifact={artifact} />
                <span>{artifact.path}</span>
                <small>{bytes(artifact.bytes)}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className={style.foot}>
        {more && !all && (
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
            Show all {artifacts.length.toLocaleString('en')}
          </Button>
        )}
        <CopyText text={commandLine(['runs', 'artifacts', run, 'DIR'])} shown={`backlot runs artifacts ${run} DIR`} label="Copy the command that copies them to a folder" />
      </div>
      {opened && <ArtifactViewer run={run} artifacts={[...pictures, ...others]} opened={opened} onOpen={setOpened} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

type PictureGridProps = { readonly run: string; readonly pictures: readonly Artifact[]; onOpen(artifact: Artifact): void };

/** Pictures, each opened in place. */
export function PictureGrid({ run, pictures, onOpen }: PictureGridProps) {
  return (
    <ul className={style.pictures} aria-label="Pictures">
      {pictures.map((artifact) => (
        <li key={artifact.path}>
          <button type="button" onClick={() => onOpen(artifact)} title={`${artifact.path}, ${bytes(artifact.bytes)}`}>
            <Thumbnail run={run} artifact={artifact} />
            <span>{nameOf(artifact.path)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Thumbnail({ run, artifact: { stage, path } }: { readonly run: string; readonly artifact: Artifact }) {
  const { value, error } = useArtifact({ run, stage, path });
  const address = useAddress(value, path);
  if (error) return <span className={style.missing}>{error.message}</span>;
  return address === undefined ? <Skeleton height={112} radius={0} /> : <img src={address} alt="" />;
}

function Sign({ artifact }: { readonly artifact: Artifact }) {
  const Icon = /\.(mp4|webm)$/i.test(artifact.path) ? Film : kindOf(artifact) === 'text' ? FileText : FileIcon;
  return <Icon size={14} aria-hidden="true" />;
}

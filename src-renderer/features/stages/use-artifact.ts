import { useMemo } from 'react';
import { useCall, type CallState } from '../../state/use-call.ts';
import { pictureType } from './artifact-kinds.ts';

export type ArtifactKey = { readonly run: string; readonly stage: string; readonly path: string };

/** What is known of an artifact's content, and how many bytes it has in all. */
export type Content = { readonly base64: string; readonly bytes: number };

/** The content of an artifact, as much as a look at it takes. */
export function useArtifact(key: ArtifactKey): CallState<Content> {
  return useCall(JSON.stringify(key), (backlot, signal) => backlot.runs.artifact(key, signal));
}

/** An address of the content, of the type that the name tells: what is drawn as a picture runs no script. */
export function useAddress(content: Content | undefined, path: string): string | undefined {
  return useMemo(() => content && `data:${pictureType(path)};base64,${content.base64}`, [content, path]);
}

/** The content as text; what is no text shows its replacement characters. */
export function textOfContent({ base64 }: Content): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

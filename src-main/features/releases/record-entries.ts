import { z } from 'zod';
import { parsedJson } from '#core/parsed-json.ts';
import type { Repository } from '#ports/image-registry.ts';
import { open, seal } from './evidence/envelope.ts';
import type { EvidenceKeys, ReadingKeys } from './evidence/evidence-keys.ts';
import { RECORD_TYPE } from './registry-record.ts';

/** Whose record it is, where it lies, and by which keys it is believed: an aim is one. */
export type RecordPlace = { readonly repository: Repository; readonly name: string; readonly declared: { readonly name: string }; readonly keys: ReadingKeys };
export type WritingPlace = RecordPlace & { readonly keys: EvidenceKeys };

/** By whom an entry is: somebody who is believed here, somebody else, or nobody who signed. */
type Origin = 'trusted' | 'foreign' | 'unsigned';
export type Entry<Value> =
  | { readonly stored: unknown; readonly origin: Origin; readonly value: Value }
  /** It was changed, or is of another target. */
  | { readonly stored: unknown; readonly origin: 'invalid'; readonly problem: string };

type Kind = 'promoted' | 'releases';

/** What is signed: an entry, and exactly which record it is of. */
const Sealed = z.object({ record: z.string(), project: z.string(), target: z.string(), entry: z.unknown() });

/** Signs an entry for exactly this record: in that of another target it does not count. */
export function sealEntry(kind: Kind, value: unknown, { name, declared, keys }: WritingPlace): unknown {
  const payload = Buffer.from(JSON.stringify({ record: kind, project: declared.name, target: name, entry: value }));
  return JSON.parse(Buffer.from(seal(payload, keys.own, RECORD_TYPE)).toString());
}

/** What an entry says, and by whom it is. Pure. */
export function openEntry<Shape extends z.ZodType>(kind: Kind, stored: unknown, shape: Shape, { name, declared, keys }: RecordPlace): Entry<z.output<Shape>> {
  const invalid = (problem: string) => ({ stored, origin: 'invalid' as const, problem });
  if (typeof stored !== 'object' || stored === null || !('payloadType' in stored)) {
    const plain = shape.safeParse(stored);
    return plain.success ? { stored, origin: 'unsigned', value: plain.data } : invalid('It is no entry that this version of Backlot reads');
  }
  const opened = open(Buffer.from(JSON.stringify(stored)), keys, RECORD_TYPE);
  if (opened.state === 'invalid') return invalid(opened.problem);
  const parsed = Sealed.safeParse(parsedJson(opened.payload));
  const entry = shape.safeParse(parsed.data?.entry);
  if (!parsed.success || !entry.success) return invalid('It is no entry that this version of Backlot reads');
  const { record, project, target } = parsed.data;
  if (record !== kind || project !== declared.name || target !== name) return invalid(`It is of another record: ${project}, ${target}, ${record}`);
  return { stored, origin: opened.state, value: entry.data };
}

/** Whether an entry is believed. Where the project says whom it believes, that is nobody else; where it says nothing, whoever may push. */
export const counts = (origin: Entry<unknown>['origin'], { isDeclared }: ReadingKeys): boolean => origin === 'trusted' || (!isDeclared && origin !== 'invalid');

/** Why an entry does not count, for people. */
export function problemOf(entry: Entry<unknown>): string | undefined {
  switch (entry.origin) {
    case 'trusted':
      return undefined;
    case 'foreign':
      return 'Nobody here trusts the key that it is signed with';
    case 'unsigned':
      return 'It is not signed';
    case 'invalid':
      return entry.problem;
    default:
      return entry satisfies never;
  }
}

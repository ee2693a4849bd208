import { createHmac } from 'node:crypto';
import path from 'node:path';
import { BacklotError, toFailure } from '#contract/errors.ts';
import { readSecret, type SecretSources } from '#core/read-secret.ts';
import { Secret } from '#core/secret.ts';
import { keyFromSeed, publicKeyOf, type SigningKey } from '#core/signing-key.ts';
import type { ProjectFiles } from '#ports/project-files.ts';
import type { Identity } from '#ports/identity.ts';
import type { Declared } from '../declared.ts';
import { audienceOf, type Issuer } from './issued.ts';

export type KeyPorts = {
  readonly files: ProjectFiles;
  readonly secrets: SecretSources;
  /** 32 secret bytes of this user's own for a project. */
  readonly projectKey: (project: string) => Promise<Uint8Array>;
  readonly identity: Identity;
};

export type ReadingKeys = {
  /** In PEM: one's own, and those of others that the project trusts. */
  readonly trusted: readonly string[];
  readonly issuers: readonly Issuer[];
  /** The project says whom it believes: then nobody else is. */
  readonly isDeclared: boolean;
};

export type EvidenceKeys = ReadingKeys & { readonly own: SigningKey };

/** The key that evidence is signed with, and the keys by which it is believed. */
export async function evidenceKeys(declared: Declared, ports: KeyPorts): Promise<EvidenceKeys> {
  const own = (await declaredKey(declared, ports)) ?? (await userKey(declared, ports));
  return { own, ...(await believed(declared, [publicKeyOf(own, 'signs evidence')], ports)) };
}

/** This user's own; where the project takes the word of issuers, with what the CI says of whose it is. */
async function userKey(declared: Declared, { projectKey, identity }: KeyPorts): Promise<SigningKey> {
  const key = keyFromSeed(createHmac('sha256', await projectKey(declared.name)).update('backlot evidence key').digest());
  const issuers = declared.evidence?.issuers?.map(({ issuer }) => issuer);
  const token = issuers && (await identity.token(audienceOf(publicKeyOf(key, 'signs evidence')), issuers));
  return token === undefined ? key : { ...key, token };
}

/** What an issuer's keys are now; one that cannot be asked vouches for nobody. */
async function askIssuers({ evidence }: Declared, { identity }: KeyPorts): Promise<Issuer[]> {
  return Promise.all((evidence?.issuers ?? []).map(async ({ issuer, subject }) => {
    try {
      return { issuer, subject, keys: await identity.keysOf(issuer) };
    } catch (error) {
      return { issuer, subject, keys: [], problem: toFailure(error).message };
    }
  }));
}

/** The keys by which evidence is believed. Who only looks need not have the project's private key. */
export async function readingKeys(declared: Declared, ports: KeyPorts): Promise<ReadingKeys> {
  return evidenceKeys(declared, ports).catch((error: unknown) => {
    if (error instanceof BacklotError && declared.evidence?.key !== undefined) return believed(declared, [], ports);
    throw error;
  });
}

async function believed(declared: Declared, own: readonly string[], ports: KeyPorts): Promise<ReadingKeys> {
  const [others, issuers] = await Promise.all([trustedKeys(declared, ports), askIssuers(declared, ports)]);
  return { trusted: [...new Set([...own, ...others])], issuers, isDeclared: declared.evidence?.key !== undefined || others.length > 0 || issuers.length > 0 };
}

type Declaring = Pick<Declared, 'evidence' | 'directory'>;

/** The public keys of others that the project trusts, in PEM. */
export async function trustedKeys(declared: Declaring, ports: Pick<KeyPorts, 'files'>): Promise<string[]> {
  return Promise.all((declared.evidence?.trust ?? []).map((one) => publicKey(one, declared, ports)));
}

/** The project's own key, where it declares one. */
export async function declaredKey({ evidence, directory }: Declaring, { files, secrets }: Pick<KeyPorts, 'files' | 'secrets'>): Promise<SigningKey | undefined> {
  const reference = evidence?.key;
  if (!reference) return undefined;
  if (!('file' in reference)) return { private: asPem((await readSecret(reference, 'The key that signs evidence', secrets)).reveal()) };
  const file = path.resolve(directory, reference.file);
  const bytes = await files.read(file, 'config-invalid');
  if (!bytes) throw new BacklotError('config-invalid', `There is no key that signs evidence at ${file}`, { where: { file }, fix: `Make one: openssl genpkey -algorithm ed25519 -out ${reference.file}, and keep it out of git.` });
  return { private: asPem(Buffer.from(bytes).toString()) };
}

async function publicKey(text: string, { directory }: Declaring, { files }: Pick<KeyPorts, 'files'>): Promise<string> {
  if (text.includes('BEGIN')) return text;
  const file = path.resolve(directory, text);
  const bytes = await files.read(file, 'config-invalid');
  if (bytes) return Buffer.from(bytes).toString();
  throw new BacklotError('config-invalid', `There is no public key at ${file}`, { where: { file }, fix: 'Write one: openssl pkey -in KEY.pem -pubout -out KEY.pub' });
}

/** Variables and keychains often hold one line: PEM with \n for its ends of lines, or in base64. */
function asPem(text: string): Secret {
  const spelled = text.replaceAll('\\n', '\n');
  return new Secret(spelled.includes('BEGIN') ? spelled : Buffer.from(spelled, 'base64').toString());
}

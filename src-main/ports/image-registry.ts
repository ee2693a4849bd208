/** Content of a registry by its digest (`sha256:…`). */
export type Descriptor = {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  /** What kind of artifact a manifest is. */
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** A manifest as its very bytes: its digest is that of these. */
export type Manifest = { readonly descriptor: Descriptor; readonly bytes: Uint8Array };

/** Content that is pushed. */
export type Blob = {
  readonly mediaType: string;
  /** Where they are known; otherwise they turn out while it is pushed. */
  readonly digest?: string;
  readonly size?: number;
  /** From the beginning; called again where a push has to begin anew. */
  readonly open: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  readonly onProgress?: (bytes: number) => void;
};

/**
 * One repository of an OCI registry. Everything ends by itself and with its signal. Failures are `registry-denied` where credentials are missing,
 * wrong or not enough, else `registry-failed`; calls that a registry answers with a passing fault are tried again.
 */
export interface Repository {
  /** With the registry: `registry.example:5000/team/shop`. */
  readonly name: string;
  /** Whether the registry answers and takes the credentials. */
  check(signal: AbortSignal): Promise<void>;
  /** By tag or digest; nothing where there is none. What has not the digest asked for fails. */
  readManifest(reference: string, signal: AbortSignal): Promise<Manifest | undefined>;
  findManifest(reference: string, signal: AbortSignal): Promise<Descriptor | undefined>;
  /** Stores the very bytes by a tag, or by their digest. One with a `subject` is then found among its referrers. */
  writeManifest(reference: string, manifest: { readonly mediaType: string; readonly bytes: Uint8Array }, signal: AbortSignal): Promise<Descriptor>;
  /** The size of a blob that is there. */
  findBlob(digest: string, signal: AbortSignal): Promise<number | undefined>;
  /** Takes a blob over from another repository of the same registry; false where the registry does not. */
  mountBlob(digest: string, from: string, signal: AbortSignal): Promise<boolean>;
  /** Pushes a blob unless it is there. A lost connection is resumed where the registry can, else the push begins anew. */
  writeBlob(blob: Blob, signal: AbortSignal): Promise<Descriptor>;
  /** A blob's bytes, resumed after a lost connection. Fails at the end where they are not those of the digest. */
  readBlob(descriptor: Pick<Descriptor, 'digest' | 'size'>, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** All of a blob. One of more bytes than `most` fails before it is read: its size is what somebody else wrote. */
  readBytes(descriptor: Pick<Descriptor, 'digest' | 'size'>, most: number, signal: AbortSignal): Promise<Buffer>;
  /** Manifests whose subject this is. */
  referrers(digest: string, artifactType: string | undefined, signal: AbortSignal): Promise<Descriptor[]>;
}

/** Registries by the names of images: `registry.example:5000/team/shop`. */
export interface ImageRegistry {
  repository(name: string): Repository;
}

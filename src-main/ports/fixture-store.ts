/** A service's data as it lies on the engine. */
export type StoredData = {
  readonly volume: string;
  /** Where a server expects it. */
  readonly dataPath: string;
  /** Whose the folder of the data is, by number, and who may enter it. */
  readonly owner: { readonly user: number; readonly group: number; readonly mode: number };
  /** How it was loaded here the last time that this was tried, and how long that took. */
  readonly load?: { readonly tier: 'overlay' | 'copy'; readonly seconds: number } | undefined;
};

/** A capture as it is kept: its manifest's very bytes, which its digest is of, and where its data is. */
export type StoredFixture = {
  readonly name: string;
  readonly digest: string;
  readonly manifest: Uint8Array;
  /** By service. */
  readonly data: Readonly<Record<string, StoredData>>;
  /** What its latest verification found, where it did not pass. */
  readonly failed?: string | undefined;
  /** When it was written here. */
  readonly written?: Date | undefined;
};

/** More than memory should hold, for as long as this process lives. Nobody else can read what is in it, and nothing of it is left. */
export type Scratch = {
  write(bytes: Uint8Array): void;
  /** Fills `into` with what was written from there on. */
  read(into: Uint8Array, from: number): void;
  close(): void;
};

/** Manifests of fixtures in this user's data folder. The data itself is in volumes of the engine. Nothing here is believed before its manifest was verified. */
export interface FixtureStore {
  /** Tells this user's data folder on this machine apart from others on the same engine: volumes are labelled with it. */
  readonly home: string;
  /** Every capture of a project. The manifest is empty, and there is no data, where what was written is gone or cannot be read. */
  list(project: string): Promise<StoredFixture[]>;
  /** Names of volumes that some capture of some project is kept in. */
  volumes(): Promise<ReadonlySet<string>>;
  write(project: string, fixture: StoredFixture): Promise<void>;
  /** Notes how the latest verification of a capture that is stored ended: what it found, or nothing where it passed. Whoever notes is alone with the fixture. */
  note(project: string, fixture: StoredFixture, failed: string | undefined): Promise<void>;
  remove(project: string, fixture: Pick<StoredFixture, 'name' | 'digest'>): Promise<void>;
  /** An empty scratch on the disk of this user's data folder. */
  scratch(): Promise<Scratch>;
  /** The project's own key: 32 random bytes, made when they are first asked for, for this user only. */
  projectKey(project: string): Promise<Uint8Array>;
  /** Where that key is kept, and whether it was made. */
  findProjectKey(project: string): Promise<{ readonly file: string; readonly isThere: boolean }>;
}

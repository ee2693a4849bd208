/** A container for a command of the project's own, in an image as that is: its user, its privileges and its file system are those of `docker run`. */
export type NewStage = {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Where it runs; the image's own folder where it is not said. */
  readonly directory?: string;
  /** It joins it when it is started: it can be made before. */
  readonly network: string;
  /** Who is asked for names that the engine does not know. */
  readonly resolver?: string;
  /** Files and folders of the engine's machine, with where they are shown; one that is not there is refused. */
  readonly shared?: readonly { readonly folder: string; readonly path: string }[];
  /** Addresses of further names, or `host-gateway` for the engine's machine. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** What its log may take, in the engine's words. */
  readonly logging: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
};

/** The data of volumes as tar streams, through a container that helps. Entries keep owner, mode and time. */
export interface VolumeStreams {
  /** Everything in a volume, its root folder first; the volume is read only as fast as the stream is taken. */
  read(volume: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Unpacks a tar stream into a volume that is made for it; a failed one is not left behind. */
  write(volume: string, tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
}

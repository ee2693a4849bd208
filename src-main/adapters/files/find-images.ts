import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the image recipes. It lies beside the sources and beside what is built of them, at different distances. */
export function findImages(from: string): string {
  const folder = join(from, 'resources/images');
  return existsSync(folder) || dirname(from) === from ? folder : findImages(dirname(from));
}

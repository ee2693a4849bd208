import { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';

/** What is read of the docker command line's configuration; whatever else it holds is not looked at. */
const Configuration = z.object({ credsStore: z.string().optional(), credHelpers: z.record(z.string(), z.string()).optional() });

/** Credential helpers that the configuration names and that are not installed, by program. */
export async function missingHelpers(configuration: string, file: string, find: (program: string) => Promise<string | undefined>): Promise<string[]> {
  const { credsStore, credHelpers = {} } = read(configuration, file);
  const names = [credsStore, ...Object.values(credHelpers)].filter((name): name is string => Boolean(name));
  const programs = [...new Set(names)].map((name) => `docker-credential-${name}`);
  const found = await Promise.all(programs.map(find));
  return programs.filter((_, index) => found[index] === undefined);
}

function read(configuration: string, file: string): z.infer<typeof Configuration> {
  try {
    return Configuration.parse(JSON.parse(configuration));
  } catch (cause) {
    throw new BacklotError('context-invalid', `${file} cannot be read: it is not the JSON that docker writes`, {
      ...(cause instanceof SyntaxError && { cause }),
      where: { file },
      fix: 'Mend it, or move it away and log in again with docker login.',
    });
  }
}

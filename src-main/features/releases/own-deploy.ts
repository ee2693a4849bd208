import { BacklotError } from '#contract/errors.ts';
import type { Release } from '#contract/releases.ts';
import { readVariables } from '#features/project/load-project.ts';
import { fillIn } from '#features/project/read-project-file.ts';
import { DeploySchema } from '#features/project/schema/deploy-schema.ts';
import type { Declared, DeclaredPorts, DeployFile } from './declared.ts';

/** How a release was deployed, with the variables that are set now; nothing where its record does not say. */
export async function ownDeploy({ deploy, revision }: Release, { directory }: Pick<Declared, 'directory'>, ports: DeclaredPorts): Promise<DeployFile | undefined> {
  if (deploy === undefined) return undefined;
  const variables = await readVariables(directory, ports);
  for (const isPlain of [false, true]) {
    const { value, unset } = fillIn(deploy, variables, isPlain);
    if (unset.length > 0) throw new BacklotError('config-invalid', `The way that ${revision.slice(0, 12)} was deployed asks for variables that are not set: ${unset.join(', ')}`, { fix: `Set them in the environment or in .env, as they were then: ${unset.map((name) => `${name}=…`).join(' ')}` });
    const parsed = DeploySchema.safeParse(value);
    if (parsed.success) return parsed.data;
  }
  throw new BacklotError('config-invalid', `The way that ${revision.slice(0, 12)} was deployed is none that this version of Backlot knows`, { fix: 'Deploy that revision instead: backlot deploy TARGET --revision SHA' });
}

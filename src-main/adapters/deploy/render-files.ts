import { constants } from 'node:fs';
import { mkdir, open, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import type { DeployOrder, GitSettings } from '#ports/deployer.ts';
import { renderTemplate } from './render-template.ts';

/** Templates are of the project, what they become is in the repository: no path and no link leads out of either. One of them has the released image. */
export async function renderFiles(folder: string, { render }: GitSettings, order: DeployOrder): Promise<void> {
  const digest = order.image.slice(order.image.indexOf('@') + 1);
  let hasImage = false;
  for (const [template, file] of Object.entries(render)) {
    const text = renderTemplate(await readTemplate(order, template), order, path.resolve(order.directory, template));
    hasImage ||= text.includes(digest);
    await writeWithin(folder, file, text);
  }
  if (!hasImage) throw new BacklotError('config-invalid', `No file that is rendered has the released image: ${Object.keys(render).join(', ')}`, { fix: 'Write ${IMAGE} or ${DIGEST} where it belongs.' });
}

async function readTemplate({ directory, files }: DeployOrder, template: string): Promise<string> {
  const source = path.resolve(files, template);
  const shown = path.resolve(directory, template);
  const cannot = (why: string, cause?: unknown) => new BacklotError('config-invalid', `The template ${shown} ${why}`, { where: { file: shown }, cause, fix: 'Say at deploy.git.render where it is.' });
  const [real, root] = await Promise.all([realpath(source), realpath(files)]).catch((error: unknown) => {
    throw cannot('cannot be read', error);
  });
  if (!isWithin(root, real)) throw cannot('leads out of the project');
  return readFile(real, 'utf8').catch((error: unknown) => {
    throw cannot('cannot be read', error);
  });
}

/** What is committed there may be a link to anywhere: none is followed out of the repository. */
async function writeWithin(folder: string, file: string, text: string): Promise<void> {
  const target = path.resolve(folder, file);
  const leadsOut = () => new BacklotError('config-invalid', `${file} leads out of the infrastructure repository`, { fix: 'Name a file within it that is no link.' });
  if (!isWithin(folder, target) || !isWithin(await realpath(folder), await realOfExisting(path.dirname(target)))) throw leadsOut();
  await mkdir(path.dirname(target), { recursive: true });
  const handle = await open(target, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ELOOP' ? leadsOut() : error;
  });
  await handle.writeFile(text).finally(() => handle.close());
}

/** Where a folder really is, of which the last parts may not be there yet. */
async function realOfExisting(folder: string): Promise<string> {
  return realpath(folder).catch(async () => path.join(await realOfExisting(path.dirname(folder)), path.basename(folder)));
}

/** Git's own folder is not within. */
function isWithin(root: string, place: string): boolean {
  const relative = path.relative(root, place);
  const [first = ''] = relative.split(path.sep);
  return first !== '..' && !path.isAbsolute(relative) && first.toLowerCase() !== '.git';
}

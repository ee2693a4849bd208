import { z } from 'zod';
import { expected, text } from './values.ts';

const url = expected("a repository's URL, as git clone takes it", 'https://git.example/payments.git');
const ref = expected('a branch or a tag', 'main');

/** Another checkout. What git would take for an option, or for a program to run, is no URL here. */
export const ComponentSchema = z
  .strictObject(
    {
      path: text('the path of a checkout', '../payments').describe('The folder of its checkout, relative to this file.'),
      git: z
        .string(url)
        .regex(/^(?!-)(?![A-Za-z0-9-]+::)[^\p{Cc}]+$/u, url)
        .optional()
        .describe('Where it can be cloned from, where the folder is missing: backlot up asks and does it.'),
      ref: z
        .string(ref)
        .regex(/^(?!-)[^\s\p{Cc}~^:?*[\\]+$/u, ref)
        .optional()
        .describe('The branch or tag that is cloned; by default the one that the repository says.'),
    },
    expected('the path of a checkout', '{path: ../payments}'),
  )
  .describe('Another checkout whose services this project depends on.');

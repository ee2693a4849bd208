import { z } from 'zod';

/** What a value must be, in words and by example: the text of the error, and part of the published schema. */
export function expected(form: string, example: string): { error: string } {
  return { error: `${form}, such as ${example}` };
}

/** A map by names that people choose. */
export function namedMap<Value extends z.ZodType>(value: Value, form: string, example: string) {
  return z.record(z.string(), value, expected(form, example));
}

/** For choices, which say themselves what is expected. */
export const someText = z.string().min(1, { error: 'some text' });

export const text = (form: string, example: string) => z.string(expected(form, example)).min(1, expected(form, example));
export const count = (form: string, example: string) => z.int(expected(form, example)).min(0, expected(form, example));
export const yesOrNo = () => z.boolean(expected('true or false', 'true'));
export const listOf = (what: string, example: string) => z.array(text(`text`, example.replace(/^\[|[\],].*$/g, '')), expected(`a list of ${what}`, example));

/** A name that becomes part of other names: of Compose projects, containers, networks. */
export const shortName = (example: string) => {
  const words = expected('a name of lower-case letters, digits and "-", at most 40 long', example);
  return z.string(words).regex(/^[a-z0-9][a-z0-9-]{0,39}$/, words);
};

export const port = () => z.int(expected('a port number from 1 to 65535', '5432')).min(1, expected('a port number from 1 to 65535', '5432')).max(65535, expected('a port number from 1 to 65535', '5432'));

export const Duration = z
  .string(expected('a time with its unit', '500ms, 30s, 5m or 2h'))
  .regex(/^(\d+(\.\d+)?(ms|s|m|h|d))+$/, expected('a time with its unit', '500ms, 30s, 5m or 2h'))
  .describe('A time with its unit, such as 500ms, 30s, 5m or 1h30m.');

export const Percent = z
  .string(expected('a percentage', '"10%"'))
  .regex(/^\d+(\.\d+)?%$/, expected('a percentage', '"10%"'));

/** Text runs as `sh -c`; a list is a program with its arguments. */
export const Command = z
  .union([someText, z.array(z.string()).min(1, expected('a program with its arguments', '[npm, test]'))], expected('a command: text for the shell, or a list', 'npm test or [npm, test]'))
  .describe('A command. Text runs as sh -c; a list is a program with its arguments.');

const reference = {
  env: text('the name of an environment variable', 'API_TOKEN').optional().describe('Read from this environment variable.'),
  command: z.array(z.string(), expected('a program with its arguments, as a list', '[pass, show, token]')).min(1, expected('a program with its arguments', '[pass, show, token]')).optional().describe('Printed by this command.'),
  keychain: text('the name of an entry in the keychain', 'api-token').optional().describe("Read from this entry of the system's keychain."),
};

/** A secret never stands in the file: only where it is read from. */
export const Secret = z
  .strictObject(reference, expected('where the secret is read from, never the secret itself', '{env: API_TOKEN}'))
  .refine((value) => Object.keys(value).length === 1, expected('exactly one of env, command and keychain', '{env: API_TOKEN}'))
  .describe('Where a secret is read from: {env: NAME}, {command: [...]} or {keychain: NAME}. Never the secret itself.');

/** Text that may be secret: given as it is, or by where it is read from. */
export const TextOrSecret = z.union([someText, Secret], expected('text, or where it is read from', '{env: SERVICE_URL}'));

/** The value of an environment variable, as text. */
export const VariableValue = z
  .union([z.string(), z.number(), z.boolean(), z.null()], expected('text, a number, true or false', '"production"'))
  .transform((value) => (value === null ? '' : String(value)));

import path from 'node:path';
import { BacklotError, type Where } from '#contract/errors.ts';
import { nearest } from '#core/nearest.ts';
import { readYaml } from '#core/yaml/read-yaml.ts';
import { itemOf, namesBelow, placeOf, textPlace } from './find-place.ts';
import { knownProperties } from './known-properties.ts';
import type { ComposeSource } from './read-sources.ts';

type Explanation = {
  readonly message: string;
  readonly code?: 'dependency-cycle';
  readonly fix?: string;
  readonly where?: Where | undefined;
};

/** What Compose said about files that it cannot use, with the place that must be changed. */
export function explainInvalid(stderr: string, sources: readonly ComposeSource[]): BacklotError {
  const said = withoutLog(stderr);
  const found = explain(said, sources);
  const where = found.where ?? (sources[0] && { file: sources[0].file });
  return new BacklotError(found.code ?? 'compose-invalid', found.message, { ...(where && { where }), fix: found.fix, cause: said });
}

/** Compose has no error codes, so its texts are all there is; what is not known here is passed on as it was said. */
function explain(said: string, sources: readonly ComposeSource[]): Explanation {
  for (const [pattern, describe] of RULES) {
    const match = pattern.exec(said);
    if (match) return describe(match, sources);
  }
  return { message: said.split('\n')[0] || 'Docker Compose cannot use the files', where: undefined };
}

type Rule = readonly [RegExp, (match: RegExpExecArray, sources: readonly ComposeSource[]) => Explanation];

const RULES: readonly Rule[] = [
  [/^(?:\S+: )?(?:failed to parse .*?: )?yaml: /m, (match, sources) => explainSyntax(match.input, sources)],
  [/(?:validating (.+?): )?(\S+) [Aa]dditional propert(?:y|ies) '?([^\s']+(?: [^\s']+)*?)'? (?:is |are )?not allowed/, ([, , parent = '', key = ''], sources) => explainUnknown(parent, key, sources)],
  [/service "(.+?)" depends on undefined service "?([^"\s:]+)"?/, ([, service = '', missing = ''], sources) => explainMissingService(service, missing, sources)],
  [/dependency cycle detected: (.+)/, ([, cycle = ''], sources) => {
    const names = cycle.trim().split(/ -> /);
    return { code: 'dependency-cycle', message: `The services depend on each other in a circle: ${names.join('→')}`, where: placeOf(['services', names[0] ?? '', 'depends_on'], sources), fix: 'Take one of these out of depends_on.' };
  }],
  [/Circular reference:\n((?:.+\n?)+)/, ([, list = ''], sources) => {
    const names = [...list.matchAll(/^\s*(?:extends )?(\S+) in /gm)].map(([, name = '']) => name);
    return { code: 'dependency-cycle', message: `The services extend each other in a circle: ${names.join('→')}`, where: placeOf(['services', names[0] ?? '', 'extends'], sources), fix: 'Take one of these extends out.' };
  }],
  [/include cycle detected:\n((?:.+\n?)+)/, ([, list = ''], sources) => {
    const files = list.split('\n').map((line) => line.replace(/^\s*include\s+/, '').trim()).filter(Boolean);
    return { code: 'dependency-cycle', message: `The files include each other in a circle: ${files.map((file) => path.basename(file)).join('→')}`, where: placeOf(['include'], sources), fix: 'Take one of these out of include.' };
  }],
  [/interpolating (\S+?): required variable (\S+) is missing a value(?:: (.*))?/, ([, at = '', variable = '', why = ''], sources) => ({
    message: `The variable ${variable} must be set${why.trim() ? `: ${why.trim()}` : ''}`, where: placeOf(split(at), sources), fix: `Set it in the environment, or in the .env file beside the Compose file: ${variable}=…`,
  })],
  [/invalid interpolation format for (\S+?)\.?\n/, ([, at = ''], sources) => ({ message: `${at}: a variable is not written right`, where: placeOf(split(at), sources), fix: 'Write ${NAME} or ${NAME:-default}; write $$ for a dollar sign.' })],
  [/service "(.+?)" has neither an image nor a build context/, ([, service = ''], sources) => ({ message: `${service} has neither image nor build`, where: placeOf(['services', service], sources, true), fix: 'Write image: with an image, or build: with the folder of a Dockerfile.' })],
  [/service "(.+?)" refers to undefined (network|secret|config|volume) ([^\s:]+)/, ([, service = '', kind = '', name = ''], sources) => {
    const known = namesBelow([`${kind}s`], sources);
    const suggestion = nearest(name, known);
    return { message: `${service} refers to the ${kind} ${name}, which is not declared`, where: itemOf(['services', service, `${kind}s`], name, sources), fix: suggestion ? `Did you mean ${suggestion}?` : `Declare it below ${kind}s: at the top level.` };
  }],
  [/cannot extend service "(.+?)" in (.+?): service "?(.+?)"? not found/, ([, service = '', , missing = ''], sources) => ({ message: `${service} extends ${missing}, and there is no such service`, where: placeOf(['services', service, 'extends'], sources), fix: suggestService(missing, sources) })],
  [/env file (.+?) not found/, ([, file = ''], sources) => ({ message: `There is no env file ${file}`, where: textPlace(path.basename(file), sources), fix: 'Correct the path, or write {path: …, required: false}.' })],
  [/remote resource is disabled/, (_match, sources) => ({ message: 'A Compose file from elsewhere is included', where: placeOf(['include'], sources), fix: 'Check it out beside the project and include it by its path.' })],
  [/open (.+?): no such file or directory/, ([, file = ''], sources) => ({ message: `There is no file ${file}`, where: textPlace(path.basename(file), sources), fix: 'Correct the path in include or extends.' })],
  [/error decoding '(.+?)': (.+)/, ([, at = '', why = ''], sources) => ({ message: `${split(at).join('.')}: ${why.trim()}`, where: placeOf(split(at), sources) })],
  [/Invalid (?:hostPort|containerPort|proto|ip address|start_?port)[^:]*: *(\S+)/i, ([, value = ''], sources) => ({ message: `${JSON.stringify(value)} is no port`, where: textPlace(value, sources), fix: 'Write a port such as "5432:5432", in quotes.' })],
  [/^empty compose file/m, (_match, sources) => ({ message: 'The Compose file is empty', where: sources[0] && { file: sources[0].file, line: 1, column: 1 }, fix: 'Write services: with at least one service.' })],
  [/(?:validating .+?: )?((?:services|networks|volumes|secrets|configs|name|include)[\w.[\]-]*):? ((?:must|unexpected|contains|value|is|invalid|Does|does).*)/, ([, at = '', why = ''], sources) => ({
    message: `${split(at).join('.')} ${why.trim()}`, where: placeOf(split(at), sources), fix: formOf(split(at)),
  })],
];

/** Our own reading of the files says better than Compose where a syntax error is. */
function explainSyntax(said: string, sources: readonly ComposeSource[]): Explanation {
  for (const { file, text } of sources) {
    try {
      readYaml(text, { file, code: 'compose-invalid' });
    } catch (error) {
      if (error instanceof BacklotError) return { message: error.message, where: error.where, ...(error.fix !== undefined && { fix: error.fix }) };
    }
  }
  const line = /line (\d+)/.exec(said)?.[1];
  if (/cannot unmarshal .* into /.test(said)) return { message: 'The Compose file must be a map of keys', where: undefined, fix: 'Write services: with at least one service.' };
  const file = sources.length === 1 ? sources[0]?.file : undefined;
  return { message: said.replace(/^.*yaml: /s, '').split('\n')[0] ?? said, where: file === undefined ? undefined : { file, ...(line !== undefined && { line: Number(line), column: 1 }) } };
}

function explainUnknown(parent: string, key: string, sources: readonly ComposeSource[]): Explanation {
  const above = parent === '(root)' ? [] : split(parent);
  const where = placeOf([...above, key], sources, true);
  if (above.join('.') === 'services') return { message: `${JSON.stringify(key)} cannot be the name of a service`, where, fix: 'Use letters, digits, ".", "_" and "-".' };
  const known = knownProperties(above);
  const suggestion = nearest(key, known);
  if (known.includes(key)) return { message: `${above.join('.')}: this version of Docker Compose does not know the key ${JSON.stringify(key)}`, where, fix: 'Update Docker Compose, or remove it.' };
  return { message: `${above.length === 0 ? 'There' : `${above.join('.')}: there`} is no key ${JSON.stringify(key)}`, where, fix: suggestion ? `Did you mean ${suggestion}?` : 'Correct or remove it; keys of your own begin with "x-".' };
}

function explainMissingService(service: string, missing: string, sources: readonly ComposeSource[]): Explanation {
  const where = itemOf(['services', service, 'depends_on'], missing, sources);
  return { message: `${service} depends on ${missing}, and there is no such service`, where, fix: suggestService(missing, sources) };
}

function suggestService(name: string, sources: readonly ComposeSource[]): string {
  const known = namesBelow(['services'], sources);
  const suggestion = nearest(name, known);
  return `${suggestion ? `Did you mean ${suggestion}? ` : ''}The services are: ${known.join(', ')}.`;
}

function formOf(at: readonly string[]): string | undefined {
  const examples: Readonly<Record<string, string>> = { ports: 'a list, such as ["5432:5432"]', environment: 'a map, such as {NODE_ENV: development}', volumes: 'a list, such as ["data:/var/lib/data"]', depends_on: 'a list, such as [db]', services: 'a map of services, such as {api: {image: node}}', command: 'text, or a list of words', healthcheck: 'a map, such as {test: [CMD, pg_isready]}' };
  const last = at.findLast((part) => !/^\d+$/.test(part)) ?? '';
  const key = Object.hasOwn(examples, last) ? last : undefined;
  return at.length === 2 && at[0] === 'services' ? 'Write a map, such as {image: node}.' : key === undefined ? undefined : `Write ${examples[key]}.`;
}

/** "services.api.environment.[0]" and "services[api].ports[0]" as a path. */
function split(at: string): string[] {
  return at.replaceAll(/\[([^\]]*)\]/g, '.$1').split('.').filter(Boolean);
}

function withoutLog(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/^time="[^"]*" level=/.test(line))
    .join('\n')
    .trim();
}

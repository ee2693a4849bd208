import type { Balancer, KpiQuery } from '#ports/kpi-source.ts';
import { SERVER } from '#ports/kpi-source.ts';
import type { CheckFile } from './bounds.ts';

/** One version of what is released. */
type Version = { readonly revision: string; readonly image: string };

/** Where checks are made, and of which versions. */
export type WatchPlace = {
  readonly target: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly balancer?: Balancer | undefined;
  readonly released?: Version | undefined;
  readonly former?: Version | undefined;
};

/** What a check asks. One that names the version is asked of the released one, and, where its bound is relative to it, of the former one beside it. Pure. */
export function queryOf(check: CheckFile, { directory, environment, balancer, released, former }: WatchPlace): KpiQuery {
  const { http, haproxy, prometheus, command = 'true' } = check;
  const beside = check.over !== undefined && namesVersion(check) ? former : undefined;
  const now = (text: string) => (released ? filledIn(text, released) : text);
  if (http) {
    const { url, status } = http;
    if (typeof url !== 'string') return { kind: 'http', url, status, ...(check.over && { balancer }) };
    return { kind: 'http', url: now(url), status, ...((check.over !== undefined || url.includes(SERVER)) && { balancer }), ...(beside && { former: filledIn(url, beside) }) };
  }
  if (haproxy) return { kind: 'haproxy', ...haproxy, balancer };
  if (prometheus) return { kind: 'prometheus', url: prometheus.url, query: now(prometheus.query), ...(beside && { former: filledIn(prometheus.query, beside) }) };
  const filled = (version: Version | undefined) => ({ command: filledCommand(command, version), environment: { ...environment, ...(version && { REVISION: version.revision, IMAGE: version.image }) } });
  return { kind: 'command', ...filled(released), directory, ...(beside && { former: filled(beside) }) };
}

/** Whether a check's answers tell versions apart, because it names the version. */
function namesVersion({ http, prometheus, command = [] }: CheckFile): boolean {
  const parts = [command].flat();
  return [http?.url, prometheus?.query, ...parts].some((text) => typeof text === 'string' && NAMED.test(text)) || parts.some((text) => READ.test(text));
}

const NAMED = /\{\{(?:REVISION|IMAGE|DIGEST)\}\}/;
/** A command may read its variables instead; those of the release before are others. */
const READ = /\$(?:REVISION|IMAGE)\b|\$\{(?:REVISION|IMAGE)\b/;

const filledCommand = (command: string | readonly string[], version: Version | undefined) => (!version ? command : typeof command === 'string' ? filledIn(command, version) : command.map((part) => filledIn(part, version)));

/** Whatever else stands in such braces stays. */
function filledIn(text: string, { revision, image }: Version): string {
  return text.replaceAll('{{REVISION}}', revision).replaceAll('{{IMAGE}}', image).replaceAll('{{DIGEST}}', image.slice(image.indexOf('@') + 1));
}

import type { Failure, Where } from '#contract/errors.ts';
import type { Screen } from './screen.ts';

/** An error for people: what, where, why, and last what to do. Where others with what to do about them come with it, its own stands with itself. Ends with a line end. */
export function showFailure(failure: Failure, screen: Screen): string {
  const { paint, symbols, clean } = screen;
  const fix = failure.fix ? [`  ${paint.bold('fix:')} ${indent(clean(failure.fix), '       ').join('\n').trimStart()}`] : [];
  const othersHaveOwn = failure.also?.some((other) => other.fix) === true;
  const lines = [
    `${paint.red(`${symbols.bad} ${clean(failure.message)}`)}`,
    ...(failure.where ? [`  ${paint.cyan(formatWhere(failure.where))}`] : []),
    ...(failure.cause && failure.cause !== failure.message ? indent(clean(failure.cause), '  ') : []),
    ...(othersHaveOwn ? fix : []),
    ...(failure.also ?? []).flatMap((other) => [
      `${paint.red(`${symbols.bad} ${clean(other.message)}`)}`,
      ...(other.where ? [`  ${paint.cyan(formatWhere(other.where))}`] : []),
      ...(other.fix ? [`  ${paint.dim(clean(other.fix))}`] : []),
    ]),
    ...(othersHaveOwn ? [] : fix),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function formatWhere({ file, line, column }: Where): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

function indent(text: string, by: string): string[] {
  return text.trimEnd().split('\n').map((line) => `${by}${line}`);
}

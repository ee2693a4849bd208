import { jsonWithoutWorkflowCommands } from './container-text.ts';
import type { Output } from './output.ts';
import { obeysWorkflowCommands, type Environment } from './terminal.ts';

type Where = { readonly environment: Environment };

/** One JSON document, for people to read as well. */
export function printDocument(output: Output, document: unknown, where: Where): Promise<void> {
  return output.write(`${encode(document, where, 2)}\n`);
}

/** One event on one line, with its time. */
export function printEvent(output: Output, event: { readonly type: string; readonly [field: string]: unknown }, where: Where): Promise<void> {
  const { type, ...rest } = event;
  return output.write(`${encode({ type, time: new Date().toISOString(), ...rest }, where)}\n`);
}

function encode(value: unknown, { environment }: Where, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  return obeysWorkflowCommands(environment) ? jsonWithoutWorkflowCommands(json) : json;
}

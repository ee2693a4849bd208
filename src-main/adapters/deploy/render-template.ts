import { BacklotError } from '#contract/errors.ts';
import type { DeployOrder } from '#ports/deployer.ts';
import { environmentOf } from './script-deployer.ts';

/** Fills `${IMAGE}`, `${REVISION}` and the other variables of a deploy script into a text; `$${` stays `${`. An unknown name is refused, so that nothing half filled ships. Pure. */
export function renderTemplate(text: string, order: DeployOrder, file: string): string {
  const variables: Readonly<Record<string, string>> = { ...environmentOf(order), PROJECT: order.project, DIGEST: order.image.slice(order.image.indexOf('@') + 1) };
  return text.replaceAll(/\$(\$?)\{([A-Za-z_]\w*)\}/g, (whole, escape: string, name: string) => {
    if (escape !== '') return whole.slice(1);
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined) return value;
    throw new BacklotError('config-invalid', `The template asks for \${${name}}, which there is not`, { where: { file }, fix: `There are: ${Object.keys(variables).join(', ')}. Write $\${${name}} where it is to stay as it is.` });
  });
}

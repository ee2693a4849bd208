import { nearest } from '#core/nearest.ts';
import type { YamlSource } from '#core/yaml/read-yaml.ts';
import { accessOf, connectionUrl, ownPorts, variablesOf } from './connections.ts';
import type { Service } from './project.ts';
import { fillReferences, hasReferences, PROPERTIES } from './references.ts';
import type { Fault } from './schema-faults.ts';

type Property = (typeof PROPERTIES)[number];
type Variables = Readonly<Record<string, string>>;

type SetContext = {
  readonly set: string;
  readonly members: readonly string[];
  readonly standIns: Readonly<Record<string, readonly string[]>>;
  readonly services: Readonly<Record<string, Service>>;
  readonly yaml: YamlSource;
  readonly faults: Fault[];
};

/** A set's variables with `${db.host}` and the like filled in. Adds a fault for each that stands for nothing. */
export function fillEnvironment(given: Variables, context: SetContext): Record<string, string> {
  const plain = Object.fromEntries(Object.entries(given).filter(([, value]) => !hasReferences(value)));
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      fillReferences(value, (service, property) => {
        const result = propertyOf(service, property, plain, context);
        if (typeof result === 'string') return result;
        context.faults.push({ ...result, message: `sets.${context.set}.environment.${name}: ${result.message}`, where: context.yaml.whereIs(['sets', context.set, 'environment', name]) });
        return '';
      }),
    ]),
  );
}

/** The variables with something harmless in the place of what is known only once the services are. */
export function foreseeEnvironment(given: Variables): Record<string, string> {
  const guesses: Readonly<Record<string, (service: string) => string>> = { host: (service) => service, port: () => '1', address: (service) => `${service}:1`, url: (service) => `http://${service}:1` };
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, fillReferences(value, (service, property) => guesses[property]?.(service) ?? 'x')]));
}

type Refusal = { readonly message: string; readonly fix: string };

function propertyOf(name: string, property: string, ofSet: Variables, { set, members, standIns, services }: SetContext): string | Refusal {
  const stands = Object.entries(standIns).find(([, names]) => names.includes(name))?.[0];
  const service = services[members.includes(name) ? name : (stands ?? '')];
  if (!service) return unknownService(name, set, members, Object.hasOwn(services, name));
  if (!isProperty(property)) {
    const suggestion = nearest(property, PROPERTIES);
    return { message: `services have no ${JSON.stringify(property)}`, fix: `${suggestion ? `Did you mean \${${name}.${suggestion}}? ` : ''}They have: ${PROPERTIES.join(', ')}.` };
  }
  return valueOf(service, name, property, variablesOf(service.resolved, ofSet)) ?? unknownValue(service, name, property);
}

function isProperty(property: string): property is Property {
  return (PROPERTIES as readonly string[]).includes(property);
}

/** As another service of the set reaches it: by the name that was asked for, at its own port. */
function valueOf({ resolved, kind }: Service, host: string, property: Property, own: Variables): string | undefined {
  const [port] = ownPorts(resolved, kind, []);
  switch (property) {
    case 'host':
      return host;
    case 'port':
      return port?.toString();
    case 'address':
      return port === undefined ? undefined : `${host}:${port}`;
    case 'url':
      return port === undefined ? undefined : connectionUrl(kind, { host, port }, own);
    case 'user':
    case 'password':
    case 'database':
      return accessOf(kind, own)[property];
    default:
      return property satisfies never;
  }
}

function unknownService(name: string, set: string, members: readonly string[], exists: boolean): Refusal {
  if (exists) return { message: `the set ${set} does not have the service ${name}`, fix: `Add it to the set's services, or let another stand in for it. The set has: ${members.join(', ')}.` };
  const suggestion = nearest(name, members);
  return { message: `there is no service ${JSON.stringify(name)}`, fix: `${suggestion ? `Did you mean ${suggestion}? ` : ''}The set has: ${members.join(', ')}.` };
}

function unknownValue({ kind }: Service, name: string, property: Property): Refusal {
  const inPort = property === 'port' || property === 'address' || property === 'url';
  return {
    message: `${inPort && property !== 'url' ? 'the port' : `the ${property}`} of ${name} is not known`,
    fix: inPort ? `Name its port in its Compose file: expose: ["8080"].` : `Its Compose file does not say it (environment of a ${kind} service); write the value itself.`,
  };
}

import { homedir } from 'node:os';
import { DOCKER_HUB, parseImageName } from '#adapters/docker/image-name.ts';
import type { ImageRegistry, Repository } from '#ports/image-registry.ts';
import { LIMITS, type Limits } from './http.ts';
import { RegistryClient } from './registry-client.ts';
import { createRepository } from './repository.ts';

export type RegistryOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  /** Further hosts that need no trusted certificate, as the engine's `insecure-registries`. */
  readonly insecure?: readonly string[];
  /** Folders with certificates by host; Docker's own by default. */
  readonly certificates?: readonly string[];
  readonly limits?: Limits;
};

/** Registries over HTTP, with the logins and certificates that Docker has for them. Nothing is asked until a repository is. */
export function createImageRegistry({ environment, home = homedir(), insecure = [], certificates = ['/etc/docker/certs.d', `${home}/.docker/certs.d`], limits = LIMITS }: RegistryOptions): ImageRegistry {
  const clients = new Map<string, RegistryClient>();
  return {
    repository(name): Repository {
      const { registry, repository } = parseImageName(name);
      const path = registry === DOCKER_HUB && !repository.includes('/') ? `library/${repository}` : repository;
      const full = path.startsWith(`${registry}/`) ? path : `${registry}/${path.replace(/^(?:docker\.io|index\.docker\.io)\//, '')}`;
      const client = clients.get(registry) ?? new RegistryClient(registry, { environment, home }, { insecure, certificates, limits });
      clients.set(registry, client);
      return createRepository(client, full);
    },
  };
}

import path from 'node:path';
import { createCompose } from '#adapters/compose/compose.ts';
import { createDockerSwarm } from '#adapters/deploy/docker-swarm.ts';
import { createGitDeployer } from '#adapters/deploy/git-deployer.ts';
import { createKubernetesDeployer } from '#adapters/deploy/kubernetes-deployer.ts';
import { createScriptDeployer } from '#adapters/deploy/script-deployer.ts';
import { createSwarmDeployer } from '#adapters/deploy/swarm-deployer.ts';
import { createTargetStages } from '#adapters/deploy/target-stages.ts';
import { createWebhookDeployer } from '#adapters/deploy/webhook-deployer.ts';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { createIdentity } from '#adapters/identity/identity.ts';
import { createKpiSources } from '#adapters/kpi/kpi-sources.ts';
import { notify } from '#adapters/notify/notify.ts';
import { createImageRegistry } from '#adapters/registry/image-registry.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { createLoadAsOf } from '#features/project/load-as-of.ts';
import type { ReleasePorts } from '#features/releases/hold-target.ts';
import { createPairDeployer, type PairPorts } from '#features/releases/pair/pair-deployer.ts';
import { createReleases } from '#features/releases/releases-methods.ts';
import type { LoadProject } from '#features/project/project.ts';
import type { Compose } from '#ports/compose.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';
import type { Prober } from '#ports/prober.ts';

type Surroundings = { readonly environment: Readonly<Record<string, string | undefined>>; readonly home: string };
type Made = 'identity' | 'registry' | 'kpi' | 'notify' | 'stages' | 'deployers';
type Given = Omit<ReleasePorts, Made> & Surroundings & { readonly processes: ProcessRunner; readonly compose: Compose; readonly loadProject: LoadProject; readonly prober: Prober };

/** What knows of targets: a part of the core of one process that most verbs do without. */
export function createReleasesPart({ home, processes, compose, prober, ...given }: Given) {
  const { engine, environment, loadProject, store } = given;
  const commandLine = () => engine.commandLine();
  /** A pair may be on another engine than the one that Backlot works with. */
  const open = (context: string | undefined) => {
    if (context === undefined) return { engine, compose, swarm: createDockerSwarm({ processes, commandLine }), close: () => {} };
    const other = createDockerEngine({ choice: { context }, environment, home });
    const ofOther = () => other.commandLine();
    return { engine: other, compose: createCompose({ runner: processes, commandLine: ofOther, environment }), swarm: createDockerSwarm({ processes, commandLine: ofOther }), close: () => other.close() };
  };
  const loadReleased: PairPorts['loadProject'] = ({ directory, files }, signal) => (files === directory ? loadProject(directory, signal) : createLoadAsOf({ compose, files: given.files, environment }, files)(directory, signal));
  return createReleases({
    ...given,
    identity: createIdentity(environment),
    registry: createImageRegistry({ environment, home }),
    kpi: createKpiSources({ processes }),
    notify,
    stages: createTargetStages({ processes, commandLine }),
    deployers: {
      script: createScriptDeployer({ processes }),
      webhook: createWebhookDeployer(),
      git: createGitDeployer({ processes, folder: path.join(findPaths(environment).state, 'infrastructure') }),
      swarm: createSwarmDeployer({ processes, commandLine }),
      kubernetes: createKubernetesDeployer({ processes }),
      pair: createPairDeployer({ open, loadProject: loadReleased, store, prober }),
    },
  });
}

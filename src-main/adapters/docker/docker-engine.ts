import type { ContainerEngine, EngineChoice } from '#ports/container-engine.ts';
import { getFiles, putFiles } from './archives.ts';
import { Connection } from './connection.ts';
import { inspectContainer, listContainers, removeContainer, renameContainer, startContainer, stopContainer } from './containers.ts';
import { continueContainer, listImages, removeImage } from './continue-container.ts';
import { createContainer, createStage } from './create-container.ts';
import { readEvents } from './events.ts';
import { execInContainer } from './exec.ts';
import { inspectImage } from './images.ts';
import { readLogs } from './logs.ts';
import { createNetwork, listNetworks, listSubnets, removeNetwork } from './networks.ts';
import { runOnce } from './run-once.ts';
import { pullImage } from './pull.ts';
import { pushImage, tagImage } from './push.ts';
import { resolveEndpoint } from './resolve-endpoint.ts';
import { StatsReader } from './stats.ts';
import { createVolume, inspectVolume, listVolumes, removeVolume } from './volumes.ts';

export type DockerEngineOptions = {
  readonly choice: EngineChoice;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
};

/** A Docker engine behind the port. Nothing is read or connected before the first call or watcher; `close` ends whatever is open. */
export function createDockerEngine(options: DockerEngineOptions): ContainerEngine & { close(): void } {
  const connection = new Connection(() => resolveEndpoint(options.choice, options), options.environment);
  const stats = new StatsReader(connection);
  return {
    get state() {
      return connection.state;
    },
    watchState: (signal) => connection.watch(signal),
    reconnect: () => connection.reconnect(),
    connect: (signal) => connection.connect(signal),
    listContainers: (labels, signal) => listContainers(connection, labels, signal),
    inspectContainer: (id, signal) => inspectContainer(connection, id, signal),
    createContainer: (container, signal) => createContainer(connection, container, signal),
    createStage: (stage, signal) => createStage(connection, stage, signal),
    continueContainer: (id, next, signal) => continueContainer(connection, id, next, signal),
    startContainer: (id, signal) => startContainer(connection, id, signal),
    stopContainer: (id, grace, signal) => stopContainer(connection, id, grace, signal),
    removeContainer: (id, signal, { withData } = { withData: false }) => removeContainer(connection, id, withData, signal),
    renameContainer: (id, name, signal) => renameContainer(connection, id, name, signal),
    exec: (id, command, execOptions, signal) => execInContainer({ connection, container: id }, command, execOptions, signal),
    runOnce: (oneOff, signal) => runOnce(connection, oneOff, signal),
    logs: (id, logOptions, signal) => readLogs(connection, id, logOptions, signal),
    stats: (ids, signal) => stats.read(ids, signal),
    listNetworks: (labels, signal) => listNetworks(connection, labels, signal),
    createNetwork: (network, signal) => createNetwork(connection, network, signal),
    listSubnets: (signal) => listSubnets(connection, signal),
    removeNetwork: (id, signal) => removeNetwork(connection, id, signal),
    listVolumes: (labels, signal) => listVolumes(connection, labels, signal),
    inspectVolume: (name, signal) => inspectVolume(connection, name, signal),
    createVolume: (volume, signal) => createVolume(connection, volume, signal),
    removeVolume: (name, signal) => removeVolume(connection, name, signal),
    putFiles: (id, folder, archive, signal) => putFiles({ connection, container: id }, folder, archive, signal),
    getFiles: (id, path, signal) => getFiles({ connection, container: id }, path, signal),
    inspectImage: (name, signal) => inspectImage(connection, name, signal),
    listImages: (labels, signal) => listImages(connection, labels, signal),
    removeImage: (id, signal) => removeImage(connection, id, signal),
    pullImage: (name, onProgress, signal) => pullImage({ connection, surroundings: options }, name, onProgress, signal),
    tagImage: (image, name, signal) => tagImage(connection, image, name, signal),
    pushImage: (name, onProgress, signal) => pushImage({ connection, surroundings: options }, name, onProgress, signal),
    events: (signal) => readEvents(connection, connection.engineTime(), signal),
    commandLine: () => connection.endpoint.commandLine,
    get reachesContainers() {
      return connection.reachesContainers;
    },
    close: () => connection.close(),
  };
}

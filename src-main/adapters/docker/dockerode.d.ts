/**
 * dockerode's classes one by one, over our own modem: its main entry loads gRPC, protobuf and ssh2 too, which takes a tenth of a second.
 * Only what is used here is declared.
 */
declare module 'dockerode/lib/container.js' {
  export default class Container {
    constructor(modem: object, id: string);
    inspect(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
    start(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
    stop(options: { readonly t?: number; readonly abortSignal: AbortSignal }): Promise<unknown>;
    remove(options: { readonly force: boolean; readonly v: boolean; readonly abortSignal: AbortSignal }): Promise<unknown>;
    unpause(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
    rename(options: { readonly name: string; readonly abortSignal: AbortSignal }): Promise<unknown>;
    exec(options: {
      readonly Cmd: readonly string[];
      readonly User?: string;
      readonly AttachStdout: boolean;
      readonly AttachStderr: boolean;
      readonly Tty: boolean;
      readonly abortSignal: AbortSignal;
    }): Promise<{ readonly id: string }>;
  }
}

declare module 'dockerode/lib/network.js' {
  export default class Network {
    constructor(modem: object, id: string);
    inspect(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
    remove(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
    disconnect(options: { readonly Container: string; readonly Force: boolean; readonly abortSignal: AbortSignal }): Promise<unknown>;
  }
}

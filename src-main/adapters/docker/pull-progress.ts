import type { PullProgress } from '#ports/container-engine.ts';

/** One message of a pull, as the engine sends it. */
export type PullMessage = {
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
};

type Layer = { total: number; downloaded: number; unpacked: number };

/** Adds up a pull's messages over all layers. The bytes done never go back within a phase. */
export class PullTotals {
  private readonly layers = new Map<string, Layer>();

  add({ status = '', id, progressDetail: { current = 0, total = 0 } = {} }: PullMessage): void {
    if (id === undefined || /^Pulling from/.test(status)) return;
    const layer = this.layers.get(id) ?? { total: 0, downloaded: 0, unpacked: 0 };
    this.layers.set(id, layer);
    if (status === 'Downloading' || status === 'Extracting') layer.total = Math.max(layer.total, total);
    switch (status) {
      case 'Downloading':
        layer.downloaded = Math.max(layer.downloaded, current);
        break;
      case 'Extracting':
        layer.downloaded = layer.total;
        layer.unpacked = Math.max(layer.unpacked, Math.min(current, layer.total));
        break;
      case 'Verifying Checksum':
      case 'Download complete':
        layer.downloaded = layer.total;
        break;
      case 'Pull complete':
        layer.downloaded = layer.total;
        layer.unpacked = layer.total;
        break;
      default:
        break;
    }
  }

  progress(): PullProgress {
    const layers = [...this.layers.values()];
    const sum = (of: (layer: Layer) => number) => layers.reduce((total, layer) => total + of(layer), 0);
    const total = sum((layer) => layer.total);
    const downloaded = sum((layer) => layer.downloaded);
    if (total === 0) return { phase: 'waiting', done: 0, total: 0 };
    return downloaded < total ? { phase: 'downloading', done: downloaded, total } : { phase: 'unpacking', done: sum((layer) => layer.unpacked), total };
  }
}

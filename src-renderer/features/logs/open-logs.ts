import { navigate } from 'wouter/use-hash-location';

/** Goes to the logs of the set in view; with `service`, to those of that service alone. */
export function openLogs({ service }: { readonly service?: string } = {}): void {
  navigate(service === undefined ? '/logs' : `/logs/${encodeURIComponent(service)}`);
}

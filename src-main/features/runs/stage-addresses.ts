/**
 * Which stage had which address on a network that several are on, and until when: the engine gives an address away again at once. One that was over before
 * anybody could ask for its address is not here, so what nobody else had at a time is the asking stage's own. Times are the engine's; milliseconds since the epoch.
 */
export class StageAddresses {
  private held: { readonly stage: string; readonly address: string; readonly until: number }[] = [];

  join(stage: string, address: string): void {
    if (address !== '') this.held.push({ stage, address, until: Infinity });
  }

  leave(stage: string, time: number): void {
    this.held = this.held.map((one) => (one.stage === stage && one.until === Infinity ? { ...one, until: time } : one));
  }

  /** Whether another stage had the address then. */
  isOthers(stage: string, address: string, time: number): boolean {
    return this.held.some((one) => one.stage !== stage && one.address === address && time <= one.until);
  }
}

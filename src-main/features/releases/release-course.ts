import { toFailure } from '#contract/errors.ts';
import type { KpiOutcome, Release, Released, Verdict } from '#contract/releases.ts';
import type { Work } from '#core/work.ts';
import type { Deployed, DeployOrder } from '#ports/deployer.ts';
import type { ReleasePorts } from './hold-target.ts';
import { ReleaseLog } from './release-log.ts';
import { newRelease, orderOf, type Plan } from './release-plan.ts';
import { writeRelease } from './target-records.ts';
import { tellPeople } from './tell-people.ts';

type Told = { readonly verdict?: string; readonly reason?: string; readonly automatic?: boolean };

const WRITE_TIMEOUT = 60_000;

/** A release on its way: how far it has come, what the target's record says of it, and what people are told. */
export class ReleaseCourse {
  readonly plan: Plan;
  readonly ports: ReleasePorts;
  /** The work that was given; what it tells is kept for the record. */
  readonly work: Work;
  readonly order: DeployOrder;
  seen: { readonly verdict: Verdict; readonly kpi: KpiOutcome[] } = { verdict: 'pass', kpi: [] };
  deployed: Deployed = {};
  /** Who let it stay where it could not be judged. */
  accepted: string | undefined;
  isBegun = false;
  isRolled = false;
  private entry: Release;
  private readonly log: ReleaseLog;
  private readonly began = performance.now();

  constructor(plan: Plan, ports: ReleasePorts, given: Work) {
    this.plan = plan;
    this.ports = ports;
    this.log = new ReleaseLog(ports.redactor.redact);
    this.work = this.log.listen(given);
    this.entry = { ...newRelease(plan, ports), operation: this.work.id };
    this.order = orderOf(plan, this.entry, ports);
  }

  get release(): Release {
    return this.entry;
  }

  /** Why the checks that failed did, or, where none did, those that could not be judged. */
  get why(): string {
    const failed = this.seen.kpi.filter(({ verdict }) => verdict === 'fail');
    return (failed.length > 0 ? failed : this.seen.kpi.filter(({ verdict }) => verdict !== 'pass')).map(({ check, why = '' }) => `${check}: ${why}`).join('; ');
  }

  /** Writes the first entry, without which nothing is begun. */
  async begin(): Promise<void> {
    const { plan, work } = this;
    await writeRelease(plan.aim, this.entry, work.signal);
    await this.tell('deploy', plan.reason === undefined ? {} : { reason: plan.reason });
  }

  /** Notes what became of it. What was done is done: a registry that has gone meanwhile changes nothing of it. */
  async note(more: Partial<Release>): Promise<void> {
    const { aim } = this.plan;
    this.entry = { ...this.entry, ...more };
    const signal = AbortSignal.timeout(WRITE_TIMEOUT);
    const write = async () => {
      if (this.entry.ended !== undefined) this.entry = { ...this.entry, log: await this.log.store(aim.repository, signal) };
      await writeRelease(aim, this.entry, signal);
    };
    await write().catch((error: unknown) => this.work.tell({ type: 'message', level: 'warning', text: `The record of ${aim.name} could not be written: ${toFailure(error).message}` }));
  }

  /** Notes how it ended, with what serves now. */
  async end(state: Release['state'], rolledBack: boolean, more: Partial<Release>): Promise<void> {
    await this.note({ state, rolledBack, ...more, ...this.serves(rolledBack), ended: new Date().toISOString() });
  }

  /** Tells people of it, or of the former release that came back. */
  async tell(event: 'deploy' | 'pass' | 'fail' | 'rollback', more: Told = {}, of: Pick<Release, 'revision' | 'image' | 'digest'> = this.entry): Promise<void> {
    const { aim, previous } = this.plan;
    const { link } = this.entry;
    const own = { ...(link !== undefined && { link }), ...(previous && of === this.entry && { previous: previous.revision }) };
    await tellPeople(aim.declared, { event, target: aim.name, revision: of.revision, image: of.image, digest: of.digest, who: this.ports.who, ...own, ...more }, this.ports, this.work);
  }

  result(verdict: Verdict, rolledBack: boolean): Released {
    const { release, target, revision, image, digest, link, accepted } = this.entry;
    const { previous } = this.plan;
    const seconds = Math.round(performance.now() - this.began) / 1000;
    return { release, target, revision, image, digest, ...(previous && { previous: previous.revision }), verdict, rolledBack, ...(accepted !== undefined && { accepted }), ...(link !== undefined && { link }), kpi: this.seen.kpi, seconds };
  }

  /** What serves when all is over; where a way failed on the way, nobody knows. */
  private serves(rolledBack: boolean): Partial<Release> {
    const { previous, serving: before } = this.plan;
    const serving = rolledBack ? previous : this.isBegun ? (this.isRolled ? this.entry : undefined) : before;
    return serving ? { serves: serving.release } : {};
  }
}

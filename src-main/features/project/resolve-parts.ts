import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Compose, ResolvedModel } from '#ports/compose.ts';
import type { Part } from './find-parts.ts';

/** The variables of each set, by its name. */
export type SetVariables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A part's model for each set; sets whose variables its files do not ask for have one and the same. */
export type PartModels = Readonly<Record<string, ResolvedModel>>;

type Resolving = { readonly compose: Compose; readonly signal: AbortSignal; readonly warn: (text: string) => void };

/** Has Compose resolve parts, several at a time, and each only as often as its variables differ. */
export class PartResolver {
  private readonly ports: Resolving;
  private readonly known = new Map<string, Promise<ResolvedModel>>();
  private readonly mentioned = new Map<Part, Promise<ReadonlySet<string>>>();
  private readonly turns = new Turns(availableParallelism() + 1);

  constructor(ports: Resolving) {
    this.ports = ports;
  }

  async resolve(part: Part, sets: SetVariables, isPart: boolean): Promise<PartModels> {
    const mentioned = await this.mentionedBy(part);
    const models = Object.entries(sets).map(async ([set, variables]) => {
      const asked = Object.fromEntries(Object.entries(variables).filter(([name]) => mentioned.has(name)));
      return [set, await this.once(part, asked, isPart)] as const;
    });
    return Object.fromEntries(await Promise.all(models));
  }

  /** The variables that the part's files ask for. */
  mentionedBy(part: Part): Promise<ReadonlySet<string>> {
    const known = this.mentioned.get(part) ?? this.ports.compose.variablesIn(part.composeFiles);
    this.mentioned.set(part, known);
    return known;
  }

  private once(part: Part, variables: Readonly<Record<string, string>>, isPart: boolean): Promise<ResolvedModel> {
    const key = JSON.stringify([part.directory, variables]);
    const model = this.known.get(key) ?? this.turns.take(() => this.ask(part, variables, isPart));
    this.known.set(key, model);
    return model;
  }

  private ask({ composeFiles, directory }: Part, variables: Readonly<Record<string, string>>, isPart: boolean): Promise<ResolvedModel> {
    const { compose, signal, warn } = this.ports;
    const [first] = composeFiles;
    if (first === undefined) return Promise.resolve({ name: path.basename(directory).toLowerCase().replaceAll(/[^a-z0-9_-]/g, ''), services: {} });
    return compose.resolve(composeFiles, path.dirname(first), signal, { onWarning: warn, variables, isPart });
  }
}

/** Lets so much work begin at a time; the rest waits for its turn. */
class Turns {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(free: number) {
    this.free = free;
  }

  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free--;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}

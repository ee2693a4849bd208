/** What `ask` of the guard's image says: how a container looks names up, and what came of one. */
export type Asked = {
  readonly resolvers: readonly string[];
  readonly search: readonly string[];
  /** Names with fewer dots are tried with the search path first. */
  readonly dots: number;
  readonly answers: readonly { readonly name: string; readonly rcode: string; readonly addresses: readonly string[] }[];
  readonly ports: readonly { readonly place: string; readonly open: boolean }[];
};

/** Reads the lines of `ask`; others are left out. Pure. */
export function parseAsked(output: string): Asked {
  const lines = output.split('\n').map((line) => line.trim().split(/\s+/));
  const of = (kind: string) => lines.filter(([first]) => first === kind).map(([, ...rest]) => rest);
  return {
    resolvers: of('resolver').flat(),
    search: of('search').flat(),
    dots: Number(of('ndots')[0]?.[0] ?? 1),
    answers: of('asked').map(([name = '', rcode = '', ...addresses]) => ({ name: name.replace(/(?<=.)\.$/, ''), rcode, addresses })),
    ports: of('port').map(([place = '', state]) => ({ place, open: state === 'open' })),
  };
}

import { ChevronRight } from 'lucide-react';
import { Link } from 'wouter';
import { useEnvironment } from '../../state/environment.tsx';
import { CopyButton, CopyText } from '../../ui/CopyButton.tsx';
import { MiddleCut } from '../../ui/MiddleCut.tsx';
import { reachable, type NameLine as Line, type NameOwner } from './fold.ts';
import style from './NamesTable.module.css';

type NameLineProps = { readonly line: Line; readonly position: number; onToggle(): void };

const REASONS = {
  service: { word: 'service', title: 'The service’s own name' },
  alias: { word: 'alias', title: 'An alias in backlot.yaml' },
  'stand-in': { word: 'stand-in', title: 'It answers for a service that the set leaves out' },
  group: { word: 'group', title: 'Several services answer to it in turn' },
  compose: { word: 'compose', title: 'An alias in the Compose file' },
} as const;

/** One line of the table: a name with its owner, or one form of an opened name. */
export function NameLine({ line, position, onToggle }: NameLineProps) {
  if (line.kind === 'form') {
    const { stem, suffix } = line.form;
    return (
      <div role="row" aria-rowindex={position} className={`${style.line} ${style.form}`}>
        <div role="cell" className={style.formName} title={stem + suffix}>
          <span className={style.stem}>{stem}</span>
          <span className={style.suffix}>{suffix}</span>
          <CopyButton text={stem + suffix} label={`Copy ${stem}${suffix}`} />
        </div>
        <div role="cell" className={style.formNote}>{suffix === '' ? 'alone' : 'with its suffix'}</div>
      </div>
    );
  }
  const { entry, open, key } = line;
  const [owner, ...others] = entry.owners;
  const suffixes = entry.forms.filter(({ suffix }) => suffix !== '');
  return (
    <div role="row" aria-rowindex={position} className={style.line}>
      <div role="cell">
        <button type="button" className={style.name} data-name={key} aria-expanded={open} onClick={onToggle} title={entry.forms.map(({ stem, suffix }) => stem + suffix).join('\n')}>
          <ChevronRight size={13} aria-hidden="true" data-open={open || undefined} />
          <span className={style.stem}>
            <MiddleCut text={entry.base} />
          </span>
          {suffixes[0] && <span className={style.suffix}>{suffixes[0].suffix}</span>}
          {suffixes.length > 1 && <span className={style.more}>+{suffixes.length - 1}</span>}
        </button>
      </div>
      <div role="cell" className={style.owner}>
        <span className={style.ownerLine}>
          {owner && (
            <Link href={`/services/${encodeURIComponent(owner.service)}`} className={style.service} title={entry.owners.map(({ service }) => service).join('\n')}>
              <MiddleCut text={owner.service} />
            </Link>
          )}
          {others.length > 0 && <span className={style.more}>+{others.length}</span>}
        </span>
        <span className={style.reason} data-reason={entry.reason} title={REASONS[entry.reason].title}>
          {REASONS[entry.reason].word}
        </span>
      </div>
      <Address owners={entry.owners} what="in the network" name={entry.base} of={({ container, ports }) => container && reachable(container, ports)} />
      <FromHere owners={entry.owners} name={entry.base} />
    </div>
  );
}

/** Published ports differ from those that the owner listens on: what the set published is what counts here. */
function FromHere({ owners, name }: { readonly owners: readonly NameOwner[]; readonly name: string }) {
  const { setStatus } = useEnvironment();
  const of = ({ service, host, ports }: NameOwner) => {
    const published = setStatus?.services.find((other) => other.name === service)?.ports.flatMap((port) => port.host ?? []) ?? [];
    return host && reachable(host, published.length > 0 ? published : ports);
  };
  return <Address owners={owners} what="from this machine" name={name} of={of} />;
}

type AddressProps = { readonly owners: readonly NameOwner[]; readonly what: string; readonly name: string; of(owner: NameOwner): string | undefined };

function Address({ owners, what, name, of }: AddressProps) {
  const [first, ...others] = [...new Set(owners.flatMap((owner) => of(owner) ?? []))];
  return (
    <div role="cell" className={style.address}>
      {first === undefined ? <span className={style.none}>–</span> : <CopyText text={first} label={`Copy where ${name} is ${what}`} />}
      {others.length > 0 && (
        <span className={style.more} title={others.join('\n')}>
          +{others.length}
        </span>
      )}
    </div>
  );
}

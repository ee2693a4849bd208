import type { Release } from '#contract/releases.ts';
import { useOperation } from '../../state/use-operation.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { ChangeLink } from './ChangeLink.tsx';
import style from './History.module.css';
import { KpiTable } from './KpiTable.tsx';
import { RollBody } from './RollBody.tsx';
import { shortDigest } from '../fixtures/fixture-rows.ts';

/** Everything that is kept of one release: its image, why it ended so, what the watch came to, and its instances and log where this machine did it. */
export function ReleaseDetail({ release, live }: { readonly release: Release; /** It goes on and is shown above. */ readonly live: boolean }) {
  const { image, digest, reason, kpi = [], link, operation, who, release: id } = release;
  const progress = useOperation(live ? undefined : operation);
  const isKnown = progress.events.length > 0;
  return (
    <div className={style.detail}>
      <p className={style.facts}>
        <CopyText text={id} label="Copy the release’s id" />
        <CopyText text={image} shown={shortDigest(digest)} label="Copy the image with its digest" />
        {link !== undefined && <ChangeLink link={link} />}
        <span>{live ? 'It is shown above.' : isKnown ? '' : `Its log is on the machine that did it: ${who}`}</span>
      </p>
      {reason !== undefined && <p className={style.reason}>{reason}</p>}
      {kpi.length > 0 && <KpiTable kpi={kpi} />}
      {isKnown && <RollBody progress={progress} charts={kpi.length === 0} />}
    </div>
  );
}

import { CopyText } from '../../ui/CopyButton.tsx';
import { counted } from '../../ui/format.ts';
import { shortDigest } from '../fixtures/fixture-rows.ts';
import style from './StageInputs.module.css';
import type { StageRow } from './stage-rows.ts';
import panel from './StagesPage.module.css';

/** What the outcome of a stage depends on. Equal inputs have an equal hash; values of variables are never shown. */
export function StageInputs({ row: { result } }: { readonly row: StageRow }) {
  const inputs = result?.inputs;
  if (!inputs) return <p className={panel.quiet}>Its inputs were not known when it ended.</p>;
  const variables = Object.keys(inputs.environment);
  return (
    <dl className={style.list}>
      <dt>Hash of all</dt>
      <dd>
        <CopyText text={inputs.hash} shown={shortDigest(inputs.hash)} label="Copy the hash" />
      </dd>
      <dt>Image</dt>
      <dd>
        {inputs.image} <CopyText text={inputs.digest} shown={shortDigest(inputs.digest)} label="Copy the digest" />
      </dd>
      <dt>Command</dt>
      <dd>
        <code>{inputs.command.join(' ')}</code>
      </dd>
      <dt>{counted(variables.length, 'variable')}</dt>
      <dd className={style.soft}>{variables.join(', ') || 'none'}</dd>
      {Object.entries(inputs.services).map(([service, digest]) => (
        <div key={service}>
          <dt>{service}</dt>
          <dd>
            <CopyText text={digest} shown={shortDigest(digest)} label="Copy the digest" />
          </dd>
        </div>
      ))}
      {([['Fixture', inputs.fixture && shortDigest(inputs.fixture)], ['Browser', inputs.browser], ['Network', inputs.network], ['Files', inputs.files && shortDigest(inputs.files)], ['Engine', inputs.engine], ['Backlot', inputs.backlot]] as const).map(
        ([name, value]) =>
          value !== undefined && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

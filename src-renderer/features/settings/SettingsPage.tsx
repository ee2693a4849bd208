import { Button, SegmentedControl, Skeleton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { Check } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { EngineFacts } from '../../shell/EngineChip.tsx';
import { useShortcutsDialog } from '../../shell/shortcuts.ts';
import { useEngine } from '../../state/feeds.ts';
import { useEnvironment } from '../../state/environment.tsx';
import { consent, useNotices, type Consent } from '../../state/notices.ts';
import { useCall } from '../../state/use-call.ts';
import { CopyButton, CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import style from './SettingsPage.module.css';

/** How the page looks, what it is connected to, and which versions take part. */
export function SettingsPage() {
  return (
    <Page title="Settings">
      <div className={style.sections}>
        <Appearance />
        <Notices />
        <Engine />
        <Contexts />
        <Project />
        <VersionList />
      </div>
    </Page>
  );
}

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title="Appearance">
      <div className={style.card}>
        <Row name="Colours">
          <SegmentedControl
            aria-label="Colours"
            value={colorScheme}
            onChange={(next) => setColorScheme(next as MantineColorScheme)}
            data={[
              { value: 'auto', label: 'As the system' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
          />
        </Row>
        <Row name="Keyboard">
          <Button onClick={() => useShortcutsDialog.setState({ open: true })}>Show the shortcuts</Button>
        </Row>
      </div>
    </Section>
  );
}

/** Whether the desktop tells when long work ends, with the system's consent. */
function Notices() {
  const { on, setOn } = useNotices();
  const [allowed, setAllowed] = useState(consent);
  const ask = async () => setAllowed(await Notification.requestPermission());
  return (
    <Section title="Notices">
      <div className={style.card}>
        <Row name="When work ends">
          <span className={style.endpoint}>
            <span>A run, or other work, of ten seconds and more that ends while this window is not in front</span>
            <span className={style.note}>{CONSENT_WORDS[allowed]}</span>
          </span>
          {allowed === 'default' ? (
            <Button onClick={() => void ask()}>Allow notices</Button>
          ) : (
            <SegmentedControl aria-label="Notices when work ends" disabled={allowed !== 'granted'} value={on && allowed === 'granted' ? 'on' : 'off'} onChange={(next) => setOn(next === 'on')} data={[{ value: 'on', label: 'On the desktop' }, { value: 'off', label: 'Only here' }]} />
          )}
        </Row>
      </div>
    </Section>
  );
}

const CONSENT_WORDS: Readonly<Record<Consent, string>> = {
  default: 'The browser asks you once whether it may.',
  granted: 'Click the notice to come back to it.',
  denied: 'The browser was told not to: allow notifications for this address in its settings.',
  missing: 'This browser has no notifications.',
};

function Engine() {
  const { value } = useEngine();
  return (
    <Section title="Engine">
      <div className={style.card} style={{ padding: '12px 16px' }}>
        {value ? <EngineFacts engine={value} /> : <Skeleton height={90} />}
      </div>
    </Section>
  );
}

function Contexts() {
  const { value, error } = useCall('contexts', async (backlot, signal) => (await backlot.engine.contexts({}, signal)).contexts);
  return (
    <Section title="Docker contexts">
      {error && <FailureCard failure={error} />}
      <div className={style.card}>
        {!value && !error && <Skeleton height={60} />}
        {value?.map(({ name, endpoint, description, current }) => (
          <Row
            key={name}
            name={
              <>
                {name} {current && <Check size={13} aria-label="current" color="var(--ready)" />}
              </>
            }
          >
            <span className={style.endpoint}>
              <code>{endpoint}</code>
              {description && <span className={style.note}>{description}</span>}
            </span>
            <CopyText text={`backlot --context ${name}`} shown={`--context ${name}`} label="Copy the flag that chooses it" />
          </Row>
        ))}
      </div>
      <p className={style.note}>Backlot takes the docker command’s own order: flags, DOCKER_CONTEXT, DOCKER_HOST, the current context, the default socket.</p>
    </Section>
  );
}

function Project() {
  const { project } = useEnvironment();
  const { value } = project;
  if (!value) return null;
  return (
    <Section
      title={`Project ${value.name}`}
      actions={
        <Button onClick={project.reload} loading={project.pending}>
          Read its files again
        </Button>
      }
    >
      {project.error && <FailureCard failure={project.error} />}
      <div className={style.card}>
        {[value.file, ...value.compose].map((file) => (
          <Row key={file} name={file === value.file ? 'backlot.yaml' : 'Compose file'}>
            <code className={style.endpoint}>{file}</code>
            <CopyButton text={file} label={`Copy the path of ${file}`} />
          </Row>
        ))}
        {value.components.map(({ name, directory, services }) => (
          <Row key={name} name={`Component ${name}`}>
            <span className={style.endpoint}>
              <code>{directory}</code>
              <span className={style.note}>{services.length === 0 ? 'no services' : services.join(', ')}</span>
            </span>
            <CopyButton text={directory} label={`Copy the path of ${name}`} />
          </Row>
        ))}
        {value.warnings.map((warning) => (
          <Row key={warning} name="Warning">
            <span className={style.warning}>{warning}</span>
          </Row>
        ))}
      </div>
    </Section>
  );
}

function VersionList() {
  const { value, error } = useCall('version', (backlot, signal) => backlot.system.version({}, signal));
  const rows = value && [
    ['Backlot', value.backlot],
    ['Engine', value.engine && `${value.engine} (API ${value.apiVersion ?? 'unknown'})`],
    ['Compose', value.compose],
    ['Runtime', value.runtime],
  ];
  return (
    <Section title="Versions">
      {error && <FailureCard failure={error} />}
      <div className={style.card}>
        {!rows && !error && <Skeleton height={90} />}
        {rows?.map(([name, version]) => (
          <Row key={name} name={name}>
            {version ?? 'not found'}
          </Row>
        ))}
      </div>
    </Section>
  );
}

function Row({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <div className={style.row}>
      <span className={style.name}>{name}</span>
      <div className={style.value}>{children}</div>
    </div>
  );
}

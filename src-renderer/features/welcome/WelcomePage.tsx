import { OpenFolderForm } from '../../shell/OpenFolder.tsx';
import { CopyText } from '../../ui/CopyButton.tsx';
import { Mark } from '../../ui/Mark.tsx';
import style from './Welcome.module.css';

/** What the page shows before there is a project: two ways to begin. */
export function WelcomePage() {
  return (
    <div className={style.welcome}>
      <Mark size={44} />
      <h1 className={style.hello}>Open a project</h1>
      <p className={style.lead}>A project is a folder with Compose files and a backlot.yaml that names its sets. Backlot brings a set up on your Docker engine and keeps it in view.</p>
      <div className={style.card}>
        <OpenFolderForm onOpened={() => {}} />
      </div>
      <p className={style.lead}>
        Or in a terminal, beside your Compose file: <CopyText text="backlot init" label="Copy the command" /> writes a backlot.yaml, and <CopyText text="backlot up" label="Copy the command" /> brings its default set up.
      </p>
    </div>
  );
}

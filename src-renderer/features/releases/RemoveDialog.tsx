import { launch } from '../../shell/launch.ts';
import { releaseCommands } from '../../shell/release-actions.ts';
import { closeReleaseDialog } from '../../shell/release-dialog.ts';
import { ConfirmBar } from '../../shell/ConfirmBar.tsx';
import style from './Dialogs.module.css';

/** What goes, and what stays, when a target’s pair is taken away. */
export function RemoveDialog({ directory, target }: { readonly directory: string; readonly target: string }) {
  const remove = () => {
    closeReleaseDialog();
    void launch({ method: 'releases.remove', directory, about: target, start: (core) => core.releases.remove({ directory, target }) });
  };
  return (
    <div className={style.dialog}>
      <p className={style.words}>Both servers of {target} and the balancer before them are stopped and removed: nobody is served there any more. Data and history stay; a deployment brings them back.</p>
      <ConfirmBar command={releaseCommands.remove(directory, target)} label="Take away" danger focus={false} onConfirm={remove} onLeave={closeReleaseDialog} />
    </div>
  );
}

import { dialog, type App } from 'electron';
import type { CoreProcess } from './core-process.ts';

const QUIT = 0;
const STAY = 1;

/** Lets the app quit only after the core has cancelled what runs and cleaned up; asks first where something runs. */
export function leaveCleanly(app: App, core: CoreProcess): void {
  let state: 'here' | 'leaving' | 'gone' = 'here';

  app.on('before-quit', (event) => {
    if (state === 'gone') return;
    event.preventDefault();
    if (state === 'here') void leave();
  });

  async function leave(): Promise<void> {
    state = 'leaving';
    const running = await core.running();
    if (running > 0 && !(await isMeant(running))) {
      state = 'here';
      return;
    }
    await core.close();
    state = 'gone';
    app.quit();
  }
}

async function isMeant(running: number): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: running === 1 ? 'One operation is running. Quitting cancels it.' : `${running} operations are running. Quitting cancels them.`,
    detail: 'What they have begun is cleaned up before Backlot ends. Services that are up stay up.',
    buttons: ['Cancel and quit', 'Stay'],
    defaultId: STAY,
    cancelId: STAY,
  });
  return response === QUIT;
}

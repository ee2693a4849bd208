import { create } from 'zustand';
import { persist } from 'zustand/middleware';

type Notices = { readonly on: boolean; setOn(on: boolean): void };

/** Whether somebody wants to be told on the desktop when long work ends behind their back. Remembered by this window. */
export const useNotices = create<Notices>()(persist((set) => ({ on: true, setOn: (on) => set({ on }) }), { name: 'backlot.notices' }));

/** What the system says of it: `missing` where it has none. The desktop app is allowed to from the start; a browser has to be asked by a click. */
export type Consent = NotificationPermission | 'missing';

export function consent(): Consent {
  return 'Notification' in window ? Notification.permission : 'missing';
}

/** Whether notices would be shown. */
export const noticesCanCome = (): boolean => useNotices.getState().on && consent() === 'granted';

import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

export type ServicesView = 'list' | 'graph';

/** How the services are shown. Remembered by this tab. */
export const useServicesView = create<{ readonly view: ServicesView; setView(view: ServicesView): void }>()(
  persist((change) => ({ view: 'list', setView: (view) => change({ view }) }), { name: 'backlot.services', storage: createJSONStorage(() => sessionStorage), partialize: ({ view }) => ({ view }) }),
);

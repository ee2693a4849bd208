import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

type Choice = {
  /** The project in view, by the folder of its `backlot.yaml`. */
  readonly directory: string | undefined;
  /** The set in view of each project; without an entry, the project's default set. */
  readonly sets: Readonly<Record<string, string>>;
  chooseProject(directory: string | undefined): void;
  chooseSet(directory: string, set: string): void;
};

/** What the person looks at. Remembered by this tab only: a new one starts with the project that was opened last. */
export const useChoice = create<Choice>()(
  persist(
    (change) => ({
      directory: undefined,
      sets: {},
      chooseProject: (directory) => change({ directory }),
      chooseSet: (directory, set) => change(({ sets }) => ({ sets: { ...sets, [directory]: set } })),
    }),
    { name: 'backlot.choice', storage: createJSONStorage(() => sessionStorage), partialize: ({ directory, sets }) => ({ directory, sets }) },
  ),
);

import { Activity, Boxes, Database, Globe, Rocket, ScrollText, Settings, Stethoscope, Workflow, type LucideIcon } from 'lucide-react';

export type PageEntry = { readonly path: string; readonly title: string; readonly icon: LucideIcon; readonly shortcut: string };

/** The pages of the navigation, in order. A later part of Backlot adds a line here and a route in Pages. */
export const PAGES: readonly PageEntry[] = [
  { path: '/', title: 'Services', icon: Boxes, shortcut: 'g s' },
  { path: '/names', title: 'Names', icon: Globe, shortcut: 'g n' },
  { path: '/fixtures', title: 'Fixtures', icon: Database, shortcut: 'g f' },
  { path: '/stages', title: 'Stages', icon: Workflow, shortcut: 'g t' },
  { path: '/releases', title: 'Releases', icon: Rocket, shortcut: 'g r' },
  { path: '/logs', title: 'Logs', icon: ScrollText, shortcut: 'g l' },
  { path: '/activity', title: 'Activity', icon: Activity, shortcut: 'g a' },
  { path: '/doctor', title: 'Doctor', icon: Stethoscope, shortcut: 'g d' },
  { path: '/settings', title: 'Settings', icon: Settings, shortcut: 'g ,' },
];

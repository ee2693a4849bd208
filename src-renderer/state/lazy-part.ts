import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { pause } from './visibility.ts';

const ATTEMPTS = 4;
const FIRST_PAUSE = 150;

/** A part of the page that is loaded when it is first shown. Loading is tried again: a network that comes or goes, as with every set, may end it. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await again(load) }));
}

async function again<Value>(load: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await load();
    } catch (thrown) {
      if (attempt === ATTEMPTS) throw thrown;
      await pause(FIRST_PAUSE * 2 ** attempt, new AbortController().signal);
    }
  }
}

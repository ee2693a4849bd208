import '../../../src-renderer/state/no-eval.ts';
import '../../../src-renderer/theme/all.css';
import { createRoot } from 'react-dom/client';
import { createClient } from '#contract/client.ts';
import { api } from '#contract/index.ts';
import { App } from '../../../src-renderer/App.tsx';
import type { ConnectionState } from '../../../src-renderer/connect.ts';
import { followConnection } from '../../../src-renderer/state/connection.ts';
import { doublePipe } from './double.ts';
import { answersOf } from './scenarios.ts';

const scenario = new URLSearchParams(location.search).get('scenario') ?? 'up';

let state: ConnectionState = { kind: 'open', backlot: createClient(api, doublePipe(answersOf(scenario))) };
let tell = () => {};
if (scenario === 'unauthorized') state = { kind: 'unauthorized' };
followConnection({ current: () => state, subscribe: (listener) => ((tell = listener), () => {}), retry: () => {} });
if (scenario === 'lost') {
  setTimeout(() => {
    state = { kind: 'lost', why: 'the server went away', retryAt: Date.now() + 4000 };
    tell();
  }, 700);
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);

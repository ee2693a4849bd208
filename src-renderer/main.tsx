import './state/no-eval.ts';
import './theme/all.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { connect } from './connect.ts';
import { followConnection } from './state/connection.ts';

followConnection(connect());

const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);

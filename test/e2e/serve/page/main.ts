import { config } from 'zod';
import { connect } from '../../../../src-renderer/connect.ts';

config({ jitless: true });

/** Shows where the connection stands, and lets a test speak to the core as the page does. */
const connection = connect();
const shown = document.getElementById('state');
const show = () => {
  if (shown) shown.textContent = connection.current().kind;
};
connection.subscribe(show);
show();
Object.assign(window, { connection });

import { html, render } from '/lib/html.js';
import { live } from '/lib/live.js';
import { session } from '/lib/session.js';
import '/app/theme.js';
import { Shell } from '/app/shell.js';

session.load();
live.doubt = () => session.check();
const root = document.getElementById('app');
root.textContent = '';
render(html`<${Shell} />`, root);

import { html, render } from '/lib/html.js';
import '/app/theme.js';
import { Shell } from '/app/shell.js';

const root = document.getElementById('app');
root.textContent = '';
render(html`<${Shell} />`, root);

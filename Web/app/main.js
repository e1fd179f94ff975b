import { html, render } from '/lib/html.js';
import { live } from '/lib/live.js';
import { session } from '/lib/session.js';
import { solutions } from '/app/solutions.js';
import '/app/theme.js';
import { fetchPublic, Shell } from '/app/shell.js';

session.load();
solutions.load().then(() => fetchPublic(location.pathname));
live.doubt = () => session.check();
let known = null;
let checked = 0;
// A socket is its opener's: another person needs another one, and a page that is signed in no stranger's.
session.watch(() => {
    const user = session.state?.user?.username ?? null;
    if (known !== null && known.user !== user) live.restart();
    if (session.state) known = { user };
});
live.watch(() => {
    if (live.status !== 'open' || !live.isPublic || !session.state?.user || Date.now() - checked < 30_000) return;
    checked = Date.now();
    session.check().then(() => { if (session.state?.user) live.restart(); });
});
const root = document.getElementById('app');
root.textContent = '';
render(html`<${Shell} />`, root);

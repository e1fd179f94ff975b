import { html } from '/lib/html.js';
import { exact } from '/lib/format.js';
import { t } from '/lib/i18n.js';
import { usePrinting } from '/lib/printing.js';
import { session } from '/lib/session.js';
import { now } from '/lib/time.js';

/** What a sheet of paper says and a screen shows elsewhere, such as the time that it is about. */
export const OnPaper = ({ children }) => html`<p class="on-paper">${children}</p>`;

/** Where a sheet comes from, and when and by whom it was printed. */
export function PrintNote() {
    usePrinting();
    const name = session.state?.user?.username;
    const place = location.host + location.pathname;
    return html`
        <p class="on-paper print-note">${t(name ? 'print.by' : 'print', { place, at: exact(now()), name })}</p>`;
}

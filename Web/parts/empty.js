import { html } from '/lib/html.js';
import { Icon } from '/parts/icons.js';

/** Nothing to show: what this place is for, and the one thing to do next. */
export function Empty({ icon = 'info', title, children, small = false }) {
    return html`
        <section class="empty" data-small=${small}>
            <span class="empty-icon"><${Icon} name=${icon} /></span>
            <h2>${title}</h2>
            <div class="empty-body">${children}</div>
        </section>`;
}

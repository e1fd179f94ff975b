import { html } from '/lib/html.js';
import { Icon } from '/parts/icons.js';

/** One system on the front page: its name, which leads to it, and how it is. */
export function SystemCard({ title, path, children }) {
    return html`
        <li class="card system">
            <h3><a href=${path}>${title}</a><${Icon} name="chevron" /></h3>
            ${children}
        </li>`;
}

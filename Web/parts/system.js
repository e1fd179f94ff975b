import { html } from '/lib/html.js';
import { number } from '/lib/format.js';
import { Glyph, Icon } from '/parts/icons.js';

/** One system on the front page: its name, which leads to it, and how it is. */
export function SystemCard({ title, path, children }) {
    return html`
        <li class="card system">
            <h3><a href=${path}>${title}</a><${Icon} name="chevron" /></h3>
            ${children}
        </li>`;
}

/** How many of a system are how: [tone, count, word] of each state; what has no tone is only counted. */
export function StateWords({ states }) {
    return html`
        <ul class="state-words" role="list">${states.map(([tone, count, word]) => html`
            <li key=${word} data-tone=${tone}>
                ${tone && html`<${Glyph} tone=${tone} />`}
                <strong>${number(count, 0)}</strong> ${word}
            </li>`)}</ul>`;
}

import { html } from '/lib/html.js';
import { withQuery } from '/app/router.js';

/**
 * Choices that live in the address: links, so that each can be opened in its own tab. `options` are [value, word,
 * more]; null stands for the one that needs no entry in the address.
 */
export function LinkChoice({ label, name, options, value, clear = [] }) {
    const others = Object.fromEntries(clear.map((key) => [key, null]));
    return html`
        <nav class="link-choice" aria-label=${label}>${options.map(([key, word, more]) => html`
            <a key=${key} href=${withQuery({ ...others, [name]: key })} data-replace
                aria-current=${value === key ? 'true' : null}>
                ${word}
                ${more}
            </a>`)}</nav>`;
}

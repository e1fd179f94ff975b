import { html, useLayoutEffect, useRef } from '/lib/html.js';
import { withQuery } from '/app/router.js';

/**
 * Choices that live in the address: links, so that each can be opened in its own tab. `options` are [value, word,
 * more]; null stands for the one that needs no entry in the address.
 */
export function LinkChoice({ label, name, options, value, clear = [] }) {
    const bar = useRef(null);
    // Where there is no room for all, the one that is on is in view.
    useLayoutEffect(() => {
        const on = bar.current?.querySelector('[aria-current]');
        if (on) bar.current.scrollLeft = on.offsetLeft + on.offsetWidth / 2 - bar.current.clientWidth / 2;
    }, [value]);
    const others = Object.fromEntries(clear.map((key) => [key, null]));
    return html`
        <nav class="link-choice" ref=${bar} aria-label=${label}>${options.map(([key, word, more]) => html`
            <a key=${key} href=${withQuery({ ...others, [name]: key })} data-replace
                aria-current=${value === key ? 'true' : null}>
                ${word}
                ${more}
            </a>`)}</nav>`;
}

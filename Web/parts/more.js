import { html } from '/lib/html.js';

/**
 * A button for the next page of a list that comes in pages (`usePages`); nothing behind the last. `small` is for cards.
 */
export function More({ more, loading, word, small = false }) {
    return more && html`
        <p class=${small ? 'actions' : 'more'}><button type="button" class=${small ? 'button small' : 'button'}
            aria-busy=${loading} onClick=${more}>${word}</button></p>`;
}

import { html } from '/lib/html.js';
import { Age } from '/parts/age.js';
import { Glyph } from '/parts/icons.js';

/** A state: shape, word, colour, and since when. `tone` is good, busy, warn, bad or unknown. */
export function Badge({ tone, word, since = null, title = null, quiet = false }) {
    return html`
        <span class="badge" data-tone=${tone} data-quiet=${quiet} title=${title}>
            <${Glyph} tone=${tone} />
            <span>${word}</span>
            ${since !== null && html`<${Age} at=${since} lasting plain />`}
        </span>`;
}

import { html, useState } from '/lib/html.js';
import { useTick } from '/lib/hooks.js';
import { ago, exact, now, span } from '/lib/time.js';

/**
 * How long ago something was, counting on by itself: "12 s ago". The exact time is in its title and its `datetime`;
 * with `open` it is a button that changes to the exact time, for fingers. `lead="for"` says "for 12 s" instead.
 */
export function Age({ at, lead = null, plain = false, open = false, label = null }) {
    useTick();
    const [full, set] = useState(false);
    if (at === null || at === undefined) return html`<span class="age">never</span>`;
    const text = full ? exact(at) : lead === null ? ago(at) : `${lead} ${span((now() - at) / 1000)}`;
    const time = html`
        <time class="age" datetime=${new Date(at).toISOString()} title=${plain ? null : exact(at)}>${text}</time>`;
    if (!open) return time;
    return html`
        <button type="button" class="age-button" aria-pressed=${full} title=${exact(at)}
            aria-label=${`${label ? `${label}: ` : ''}${full ? exact(at) : `${text}, exactly ${exact(at)}`}`}
            onClick=${() => set(!full)}>
            ${time}
        </button>`;
}

import { html, useState } from '/lib/html.js';
import { ago, exact, span } from '/lib/format.js';
import { useTick } from '/lib/hooks.js';
import { t } from '/lib/i18n.js';
import { now } from '/lib/time.js';

/**
 * How long ago something was, counting on by itself: "12 s ago". The exact time is in its title and its `datetime`;
 * with `open` it is a button that changes to the exact time, for fingers. `lasting` says "for 12 s" instead.
 */
export function Age({ at, lasting = false, plain = false, open = false, label = null }) {
    useTick();
    const [full, set] = useState(false);
    if (at === null || at === undefined) return html`<span class="age">${t('age.never')}</span>`;
    const text = full ? exact(at) : !lasting ? ago(at) : t('age.for', { span: span((now() - at) / 1000) });
    const spoken = full ? exact(at) : t('age.exactly', { age: text, exact: exact(at) });
    const time = html`
        <time class="age" datetime=${new Date(at).toISOString()} title=${plain ? null : exact(at)}>${text}</time>`;
    if (!open) return time;
    return html`
        <button type="button" class="age-button" aria-pressed=${full} title=${exact(at)}
            aria-label=${label ? t('age.label', { label, age: spoken }) : spoken}
            onClick=${() => set(!full)}>
            ${time}
        </button>`;
}

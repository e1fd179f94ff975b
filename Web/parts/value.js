import { html, useEffect, useRef } from '/lib/html.js';
import { describe } from '/lib/fields.js';
import { spokenUnit, value as text } from '/lib/format.js';

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** A value that changes more often than this is plainly alive; marking each change would only make it restless. */
const rare = 4000;

/** A short, quiet highlight of what has changed: the figure is in the accent colour for a moment. */
export function useHighlight(signal) {
    const element = useRef(null);
    const before = useRef({ signal, at: 0 });
    useEffect(() => {
        const held = before.current;
        if (held.signal === signal) return;
        before.current = { signal, at: performance.now() };
        if (!calm.matches && !document.hidden && before.current.at - held.at > rare) {
            element.current?.animate([{ color: 'var(--accent)' }, { color: 'var(--ink)' }],
                { duration: 1200, easing: 'ease-out' });
        }
    }, [signal]);
    return element;
}

/** Longer than a figure, longer than a line: such a value is drawn smaller, and goes on in the next line. */
const lengthOf = (text) => (text.length > 24 ? 'text' : text.length > 9 ? 'long' : null);

/**
 * The value of a field with its unit. A stale one is drawn as unknown: grey, struck by hatching, and said so. Where there is no room
 * for the whole of it, an ellipsis says so and the title has it.
 */
export function Value({ field, raw, stale = false, size = 'normal' }) {
    const shown = text(field, raw);
    const element = useHighlight(shown);
    const unit = typeof raw === 'number' ? describe(field, raw).unit : '';
    const length = lengthOf(shown);
    return html`
        <span class="value" data-size=${size} data-stale=${stale} data-length=${length} ref=${element} title=${length && (unit ? `${shown} ${unit}` : shown)}>
            <span class="value-number">${shown}</span>
            ${unit !== '' && html`
                <span class="value-unit" aria-hidden="true">${unit}</span>
                <span class="unseen"> ${spokenUnit(unit)}</span>`}
            ${stale && html`<span class="unseen"> (old)</span>`}
        </span>`;
}

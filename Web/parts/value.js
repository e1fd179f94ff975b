import { html } from '/lib/html.js';
import { describe, spokenUnit, value as text } from '/lib/fields.js';
import { t } from '/lib/i18n.js';
import { useHighlight } from '/parts/highlight.js';

/** Longer than a figure, longer than a line: such a value is drawn smaller, and goes on in the next line. */
const lengthOf = (text) => (text.length > 24 ? 'text' : text.length > 9 ? 'long' : null);

/**
 * The value of a field with its unit. A stale one is drawn as unknown: grey, struck by hatching, and said so. Where
 * there is no room for the whole of it, an ellipsis says so and the title has it.
 */
export function Value({ field, raw, stale = false, size = 'normal' }) {
    const shown = text(field, raw);
    const element = useHighlight(shown);
    const unit = typeof raw === 'number' ? describe(field, raw).unit : '';
    const length = lengthOf(shown);
    return html`
        <span class="value" data-size=${size} data-stale=${stale} data-length=${length} ref=${element}
            title=${length && (unit ? `${shown} ${unit}` : shown)}>
            <span class="value-number">${shown}</span>
            ${unit !== '' && html`
                <span class="value-unit" aria-hidden="true">${unit}</span>
                <span class="unseen"> ${spokenUnit(unit)}</span>`}
            ${stale && html`<span class="unseen"> ${t('value.old')}</span>`}
        </span>`;
}

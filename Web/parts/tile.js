import { html } from '/lib/html.js';
import { useHighlight } from '/parts/highlight.js';

/** One figure with its name: a large number, its unit, and a line that says what it means. */
export function Tile({ label, value, unit = '', note = null, tone = null, children }) {
    const element = useHighlight(value);
    return html`
        <div class="tile" data-tone=${tone}>
            <dt>${label}</dt>
            <dd>
                <span class="tile-figure" ref=${element}>
                    <span class="tile-number">${value}</span>
                    ${unit && html`<span class="tile-unit">${unit}</span>`}
                </span>
                ${note && html`<span class="tile-note">${note}</span>`}
                ${children}
            </dd>
        </div>`;
}

/** How full something is: a bar with words. */
export function Meter({ value, limit, label }) {
    const part = limit > 0 ? Math.min(1, value / limit) : 0;
    const tone = part > 0.8 ? 'bad' : part > 0.5 ? 'warn' : 'good';
    return html`
        <span class="meter" data-tone=${tone} role="meter" aria-label=${label} aria-valuemin="0"
            aria-valuemax=${limit} aria-valuenow=${value}>
            <span class="meter-bar" style=${{ width: `${Math.max(part * 100, value > 0 ? 1 : 0)}%` }}></span>
        </span>`;
}

import { html } from '/lib/html.js';
import { number } from '/lib/format.js';

/** Bars for a Wi-Fi signal in dBm: at -55 all four, at -85 and below none. */
const bars = (rssi) => [-84, -75, -66, -57].filter((least) => rssi > least).length;
const words = ['very weak', 'weak', 'fair', 'good', 'strong'];

/** Strength of a radio signal: bars and dBm. */
export function Signal({ rssi, compact = false }) {
    if (typeof rssi !== 'number') return html`
        <span class="signal" data-none="true">${compact ? '' : 'no signal report'}</span>`;
    const lit = bars(rssi);
    return html`
        <span class="signal" title=${`Signal ${words[lit]}`}>
            <svg viewBox="0 0 18 14" width="18" height="14" aria-hidden="true" focusable="false">
                ${[0, 1, 2, 3].map((index) => html`
                    <rect x=${index * 4.75} y=${10 - index * 3} width="3.25" height=${4 + index * 3} rx="0.75"
                        class=${index < lit ? 'lit' : 'dark'} />`)}
            </svg>
            <span class="unseen">Signal ${words[lit]}, </span>
            <span>${number(rssi, 0)} dBm</span>
        </span>`;
}

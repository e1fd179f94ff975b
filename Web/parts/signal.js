import { html } from '/lib/html.js';
import { inUnit, number } from '/lib/format.js';
import { t } from '/parts/words.js';

/** Bars for a Wi-Fi signal in dBm: at -55 all four, at -85 and below none. */
const bars = (rssi) => [-84, -75, -66, -57].filter((least) => rssi > least).length;

/** Strength of a radio signal: bars and dBm. */
export function Signal({ rssi, compact = false }) {
    if (typeof rssi !== 'number') return html`
        <span class="signal" data-none="true">${compact ? '' : t('signal.none')}</span>`;
    const lit = bars(rssi);
    const words = t(`signal.${lit}`);
    return html`
        <span class="signal" title=${words}>
            <svg viewBox="0 0 18 14" width="18" height="14" aria-hidden="true" focusable="false">
                ${[0, 1, 2, 3].map((index) => html`
                    <rect x=${index * 4.75} y=${10 - index * 3} width="3.25" height=${4 + index * 3} rx="0.75"
                        class=${index < lit ? 'lit' : 'dark'} />`)}
            </svg>
            <span class="unseen">${words}, </span>
            <span>${inUnit(number(rssi, 0), 'dBm')}</span>
        </span>`;
}

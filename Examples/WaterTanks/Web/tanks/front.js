// The water tanks on the front page: how many there are in which state.

import { html } from '/lib/html.js';
import { number } from '/lib/format.js';
import { needing, useTanks } from '/tanks/store.js';
import { t } from '/tanks/words.js';
import { Glyph } from '/parts/icons.js';
import { SystemCard } from '/parts/system.js';

const tones = [['filled', 'good'], ['low', 'bad'], ['overflowing', 'warn'], ['unknown', 'unknown']];

/** What the front page says of the tanks. */
export function useFront() {
    const { tanks, loaded, error, retry } = useTanks();
    const attention = needing(tanks);
    return {
        loaded, error: loaded ? null : error, retry, devices: tanks.length, attention,
        needs: [[attention, t('tanksNeed', { count: attention })]],
        verdict: attention > 0 ? t('someNeed', { count: attention }) : t('allFilled'), urgent: [], later: [], tanks,
    };
}

export function Card({ title, path, front: { tanks } }) {
    const counts = tones.map(([state, tone]) => [state, tone, tanks.filter((tank) => tank.state === state).length]);
    return html`
        <${SystemCard} title=${title} path=${path}>
            <ul class="state-words" role="list">${counts.map(([state, tone, count]) => count > 0 && html`
                <li key=${state} data-tone=${tone}>
                    <${Glyph} tone=${tone} /><strong>${number(count, 0)}</strong> ${t(`state.${state}`)}
                </li>`)}</ul>
        <//>`;
}

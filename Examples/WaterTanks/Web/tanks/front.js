// The water tanks on the front page: how many there are in which state.

import { html } from '/lib/html.js';
import { needing, useTanks } from '/tanks/store.js';
import { t } from '/tanks/words.js';
import { StateWords, SystemCard } from '/parts/system.js';

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
    const counts = tones.map(([state, tone]) =>
        [tone, tanks.filter((tank) => tank.state === state).length, t(`state.${state}`)]);
    return html`
        <${SystemCard} title=${title} path=${path}>
            <${StateWords} states=${counts.filter(([, count]) => count > 0)} />
        <//>`;
}

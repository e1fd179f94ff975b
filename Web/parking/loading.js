// What a driver sees before a car park is known, and when it is out of reach.

import { html } from '/lib/html.js';
import { t } from '/parking/words.js';
import { Head } from '/parts/head.js';
import { Skeleton } from '/parts/skeleton.js';

/** A driver cannot start a server. */
export const outOfReach = t('outOfReach');

export function Loading({ title }) {
    return html`
        <${Head} title=${title} />
        <div class="driver"><${Skeleton} shape="chart" /><${Skeleton} shape="block" label=${t('loading')} /></div>`;
}

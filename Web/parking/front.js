// The car parks in one card of the front page: how many spots are free, and of how many nothing is known. Nothing of
// the car parks' own pages is fetched for it.

import { html } from '/lib/html.js';
import { ask } from '/lib/api.js';
import { useFollowed } from '/lib/follow.js';
import { number } from '/lib/format.js';
import { messages } from '/lib/i18n.js';
import strings from '/parking/solution.en.js';
import { Skeleton } from '/parts/skeleton.js';
import { StateWords, SystemCard } from '/parts/system.js';

const t = messages(strings);
const marked = [['occupied', 'bad'], ['unknown', 'unknown']];
const names = { total: 'total_spots', free: 'available_spots', occupied: 'occupied_spots', unknown: 'unknown_spots' };

export function Card({ title, path }) {
    const { list: lots, loaded, error } = useFollowed('lots', () => ({
        topics: ['parking/+/counts'],
        load: (options) => ask('GET', '/api/lots', options),
        keyOf: (lot) => lot.lot_id,
        key: ({ topic }) => topic.split('/')[1],
    }));
    if (!loaded && !error) return html`<li><${Skeleton} shape="card" /></li>`;
    const sum = (key) => lots.reduce((all, lot) => all + (lot[names[key]] ?? 0), 0);
    const total = sum('total');
    return html`
        <${SystemCard} title=${title} path=${path}>
            ${error && !loaded ? html`<p>${t('unread', { reason: error.title })}</p>` : html`
                <p>
                    <span class="tile-number">${total > 0 && sum('unknown') === total
                        ? '?' : number(sum('free'), 0)}</span>
                    ${' '}<span class="tile-unit">${t('freeOf', { count: total })}</span>
                </p>
                <${StateWords} states=${[[null, lots.length, t('lots', { count: lots.length })],
                    ...marked.map(([key, tone]) => [tone, sum(key), t(key)]).filter(([, count]) => count > 0)]} />`}
        <//>`;
}

// The car parks in one card: how many spots are free, and of how many nothing is known. Nothing of the car parks' own
// pages is fetched for it.

import { html } from '/lib/html.js';
import { useFollowed } from '/lib/hooks.js';
import { ask } from '/lib/api.js';
import { number, plural } from '/lib/format.js';
import { Glyph, Icon } from '/parts/icons.js';
import { Skeleton } from '/parts/skeleton.js';

const marked = [['occupied', 'bad'], ['unknown', 'unknown']];
const names = { total: 'total_spots', free: 'available_spots', occupied: 'occupied_spots', unknown: 'unknown_spots' };

export function CarParksGlance({ title, path }) {
    const { data, said, error } = useFollowed('glance lots', (options) => ask('GET', '/api/lots', options), ['parking/+/counts'],
        ({ topic }) => topic.split('/')[1]);
    if (!data && !error) return html`<li><${Skeleton} shape="card" /></li>`;
    const lots = (data ?? []).map((lot) => ({ ...lot, ...said[lot.lot_id] }));
    const sum = (key) => lots.reduce((all, lot) => all + (lot[names[key]] ?? 0), 0);
    const total = sum('total');
    return html`
        <li class="card system">
            <h3><a href=${path}>${title}</a><${Icon} name="chevron" /></h3>
            ${error && !data ? html`<p>Its figures could not be read: ${error.title}.</p>` : html`
                <p>
                    <span class="tile-number">${total > 0 && sum('unknown') === total ? '?' : number(sum('free'), 0)}</span>
                    ${' '}<span class="tile-unit">free of ${plural(total, 'spot')}</span>
                </p>
                <ul class="state-words" role="list">
                    <li><strong>${number(lots.length, 0)}</strong> ${lots.length === 1 ? 'car park' : 'car parks'}</li>
                    ${marked.map(([key, tone]) => sum(key) > 0 && html`
                        <li key=${key} data-tone=${tone}><${Glyph} tone=${tone} /><strong>${number(sum(key), 0)}</strong> ${key}</li>`)}
                </ul>`}
        </li>`;
}

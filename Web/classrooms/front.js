// The classrooms in one card of the front page.

import { html } from '/lib/html.js';
import { number } from '/lib/format.js';
import { now } from '/lib/time.js';
import { stateOrder, tally, tones } from '/classrooms/model.js';
import { useRooms } from '/classrooms/store.js';
import { t } from '/classrooms/words.js';
import { Skeleton } from '/parts/skeleton.js';
import { StateWords, SystemCard } from '/parts/system.js';

export function Card({ title, path }) {
    const { rooms, loaded, error } = useRooms();
    if (!loaded && !error) return html`<li><${Skeleton} shape="card" /></li>`;
    const counts = tally(rooms, now());
    return html`
        <${SystemCard} title=${title} path=${path}>
            ${error && !loaded ? html`<p>${error.title}</p>` : html`
                <p>
                    <span class="tile-number">${number(counts.free, 0)}</span>${' '}<span class="tile-unit">${
                        t('rooms.lead.short', { rooms: t('rooms', { count: rooms.length }) })}</span>
                </p>
                <${StateWords} states=${stateOrder.filter((state) => counts[state] > 0).map((state) =>
                    [tones[state], counts[state], t(`state.${state}`)])} />`}
        <//>`;
}

// One room in the list: how it is, until when, and booking it.

import { html, useMemo } from '/lib/html.js';
import { minuteIn, weekdayAndDayIn } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { dayOf } from '/lib/zone.js';
import { bookedNext, bookedNow, freeUntil, sinceOf, stateOf, tones } from '/classrooms/model.js';
import { t } from '/classrooms/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Glyph } from '/parts/icons.js';

/** A time of day, with its day if that is not today. */
export function timeWords(at, zone, present) {
    const time = minuteIn(at, zone);
    return dayOf(at, zone) === dayOf(present, zone) ? time : t('time.other', { day: weekdayAndDayIn(at, zone), time });
}

/** Until when a room is free or taken, by its own clock. */
export function whenWords(room, present) {
    const until = freeUntil(room, present);
    if (until === null) {
        const slot = bookedNow(room, present);
        return t(slot.requested ? 'asked.until' : 'booked.until',
            { time: timeWords(instant(slot.end), room.zone, present) });
    }
    return until === Infinity ? t('free.long') : t('free.until', { time: timeWords(until, room.zone, present) });
}

/** What is said of a room beside its state: what its sensor knows, and since when. */
function Seen({ room, state, since }) {
    if (!room.has_device) return html`<p class="room-seen">${t('device.none')}</p>`;
    if (!room.online) return html`
        <p class="room-seen" data-tone="unknown"><${Glyph} tone="unknown" />
            ${t('device.silent', { age: html`<${Age} at=${instant(room.occupancy_since)} lasting />` })}</p>`;
    const at = state === 'booked' ? instant(room.occupancy_since) : since;
    return html`
        <p class="room-seen">${t(room.occupancy === 'occupied' ? 'seen.occupied' : 'seen.idle',
            { age: html`<${Age} at=${at} lasting />` })}</p>`;
}

/**
 * @param wanted the time that is looked for, for which the room is free; null: the present counts
 * @param book(room) opens the window in which it is booked; null: one may not
 */
export function RoomCard({ room, present, wanted, book }) {
    const state = stateOf(room, present);
    const when = whenWords(room, present);
    const next = freeUntil(room, present) === null ? bookedNext(room, present) : null;
    const offers = book !== null && (wanted !== null || !['booked', 'used'].includes(state));
    // Nearly always nothing has changed since a second ago: what is the same is not drawn again.
    return useMemo(() => html`
        <li class="room" data-state=${wanted ? 'free' : state}>
            <header>
                <h3><a href=${`/classrooms/rooms/${encodeURIComponent(room.classroom_id)}`}>${room.name}</a></h3>
                ${wanted ? html`<${Badge} tone="good" word=${t('state.then')} quiet />`
                    : html`<${Badge} tone=${tones[state]} word=${t(`state.${state}`)} quiet />`}
            </header>
            ${!wanted && html`
                <p class="room-when">${when}${next && html` · ${t('next.from',
                    { time: timeWords(instant(next.start), room.zone, present) })}`}</p>
                <${Seen} room=${room} state=${state} since=${sinceOf(room, present)} />`}
            <p class="room-facts">${[room.capacity > 0 && t('seats', { count: room.capacity }), ...room.equipment]
                .filter(Boolean).join(' · ')}</p>
            ${room.needs_approval && html`<p class="room-facts">${t('room.approval')}</p>`}
            ${offers && html`
                <p class="room-book">
                    <button type="button" class=${state === 'free' || wanted ? 'button small' : 'button small quiet'}
                        onClick=${() => book(room)}>${t('book')}<span class="unseen"> ${room.name}</span></button>
                </p>`}
        </li>`, [room, state, when, next?.start, wanted?.start, wanted?.end, offers]);
}

// The bookings of a room in the next days, day by day.

import { html } from '/lib/html.js';
import { minuteIn, weekdayAndDay } from '/lib/format.js';
import { useSession } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { dayOf } from '/lib/zone.js';
import { t } from '/classrooms/words.js';
import { Badge } from '/parts/badge.js';
import { Problem } from '/parts/problem.js';

/** Whose a booking is and what for, as far as the reader may see it. */
export function bookedWords({ own, holder, purpose }) {
    if (own) return t('room.yours.of', { purpose });
    return [holder, purpose].filter(Boolean).join(' · ') || t('room.booked');
}

function Row({ booking, zone, open }) {
    const words = bookedWords(booking);
    return html`
        <li data-own=${booking.own}>
            <span class="room-time">${minuteIn(instant(booking.start), zone)}–${
                minuteIn(instant(booking.end), zone)}</span>
            ${open ? html`<button type="button" class="link" onClick=${() => open(booking)}>${words}</button>`
                : html`<span>${words}</span>`}
            ${booking.requested && html`<${Badge} tone="warn" word=${t('status.requested')} quiet />`}
            ${booking.presence === 'warned' && html`<${Badge} tone="warn" word=${t('presence.warned')} quiet />`}
        </li>`;
}

/** @param open(booking) shows one with what may be done with it, for those who may */
export function Bookings({ room, bookings, error, retry, open }) {
    const session = useSession();
    const mayOpen = ({ own }) => own || session.may('classrooms.bookings', room.site);
    const today = dayOf(now(), room.zone);
    const dayWords = (day) => (day === today ? t('room.today') : weekdayAndDay(day));
    const days = [...new Set((bookings ?? []).map(({ start }) => {
        const day = dayOf(instant(start), room.zone);
        return day < today ? today : day;
    }))];
    return html`
        <section class="card" aria-labelledby="bookings">
            <h2 id="bookings">${t('room.coming')}</h2>
            ${error && !bookings && html`<${Problem} error=${error} small level="h3" retry=${retry} />`}
        
            ${bookings && bookings.length === 0 && html`<p class="quiet-line">${t('room.coming.none')}</p>`}
            ${days.map((day) => html`
                <h3 class="room-day" key=${day}>${dayWords(day)}</h3>
                <ol class="room-bookings" role="list">${bookings.filter(({ start }) => {
                    const own = dayOf(instant(start), room.zone);
                    return (own < today ? today : own) === day;
                }).map((booking) => html`
                    <${Row} key=${`${booking.booking_id} ${booking.occurrence}`} booking=${booking} zone=${room.zone}
                        open=${mayOpen(booking) ? open : null} />`)}</ol>`)}
        </section>`;
}

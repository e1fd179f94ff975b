// One of one's own bookings: when, how it stands, and what may be done with it.

import { html } from '/lib/html.js';
import { dayAndMinuteIn, minuteIn, weekdayAndDayIn } from '/lib/format.js';
import { useAction } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { api } from '/classrooms/api.js';
import { t } from '/classrooms/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Problem } from '/parts/problem.js';

const tones = { requested: 'warn', confirmed: 'good', running: 'good', over: 'unknown', released: 'warn',
    declined: 'bad', cancelled: 'unknown' };
const tenMinutes = 600_000;

/** The times of a booking that are still to come, or are running. */
export const comingOf = ({ status, occurrences }) => (['requested', 'confirmed'].includes(status)
    ? occurrences.filter(({ cancelled, end }) => !cancelled && instant(end) > now()) : []);

function whenWords(time, zone) {
    const [start, end] = [instant(time.start), instant(time.end)];
    return `${weekdayAndDayIn(start, zone)}, ${minuteIn(start, zone)}–${minuteIn(end, zone)}`;
}

/** How a booking stands, in one word: of one that is confirmed, whether it runs, and what became of it. */
function stageOf({ status, occurrences }, coming, present) {
    if (status !== 'confirmed') return status;
    if (coming.length > 0) return instant(coming[0].start) <= present ? 'running' : 'confirmed';
    return occurrences.at(-1)?.presence === 'released' ? 'released' : 'over';
}

/** What the sensor had seen when the rest of a booking was given away. */
function Proof({ time, zone }) {
    const { proof } = time;
    const words = (iso) => dayAndMinuteIn(instant(iso), zone);
    return html`
        <details class="proof">
            <summary>${t('released', { time: minuteIn(instant(time.end), zone),
                end: minuteIn(instant(time.booked_end), zone) })}</summary>
            ${proof && html`
                <dl class="facts">
                    <div><dt>${t('proof.device')}</dt><dd>${proof.device_id}</dd></div>
                    <div><dt>${t('proof.warned')}</dt><dd>${words(proof.warned_at)}</dd></div>
                    <div><dt>${t('proof.released')}</dt><dd>${words(proof.released_at)}</dd></div>
                    <div><dt>${t('proof.occupied')}</dt><dd>${proof.last_occupied ? words(proof.last_occupied)
                        : t('proof.never')}</dd></div>
                    <div><dt>${t('proof.since')}</dt><dd>${words(proof.seen_since)}</dd></div>
                    <div><dt>${t('proof.heard')}</dt><dd>${words(proof.last_seen)}</dd></div>
                </dl>`}
        </details>`;
}

/** Saying that one is there, from ten minutes before the beginning on. */
function CheckIn({ booking, time, reload }) {
    const { busy, error, run } = useAction();
    const press = () => run(async () => { await api.checkIn(booking.classroom_id); reload(); });
    return html`
        <p class="actions"><button type="button" class="button primary small" aria-busy=${busy}
            onClick=${press}>${t('checkIn')}</button>
            ${time.presence === 'warned' && html`<${Badge} tone="warn" word=${t('presence.warned')} quiet />`}</p>
        ${error && html`<${Problem} error=${error} small level="h3" />`}`;
}

/** @param ask({kind, booking, time}) opens the window in which it is changed or cancelled */
export function BookingRow({ booking, present, ask, reload }) {
    const coming = comingOf(booking);
    const last = booking.occurrences.at(-1);
    const shown = coming[0] ?? booking.occurrences.filter(({ cancelled }) => !cancelled).at(-1) ?? last;
    const released = booking.occurrences.find(({ presence }) => presence === 'released');
    const checks = booking.status === 'confirmed' && coming.length > 0
        && ['awaited', 'warned'].includes(shown.presence) && instant(shown.start) - tenMinutes <= present;
    const stage = stageOf(booking, coming, present);
    const room = `/classrooms/rooms/${encodeURIComponent(booking.classroom_id)}`;
    return html`
        <li class="booking" data-status=${booking.status}>
            <div>
                <h2>${booking.purpose}</h2>
                ${shown && html`<p class="booking-when">${whenWords(shown, booking.zone)}</p>`}
                <p><a href=${room}>${booking.classroom}</a>${coming.length > 1 && html` · ${t('mine.repeats', {
                    count: coming.length - 1,
                    day: weekdayAndDayIn(instant(coming.at(-1).start), booking.zone) })}`}</p>
                ${coming.length === 0 && shown && ['confirmed', 'unused', 'unverified'].includes(shown.presence)
                    && booking.status === 'confirmed' && html`<p class="hint">${t(`presence.${shown.presence}`)}</p>`}
                ${booking.remark && html`<p class="booking-remark">${t('mine.remark', { remark: booking.remark })}</p>`}
                ${checks && html`<${CheckIn} booking=${booking} time=${shown} reload=${reload} />`}
            </div>
            <p class="booking-state">
                <${Badge} tone=${tones[stage]} quiet word=${t(`status.${stage}`)} />
                <span class="hint">${t(booking.changed_at === booking.created_at ? 'mine.made' : 'mine.changed',
                    { age: html`<${Age} at=${instant(booking.changed_at)} open />` })}</span>
            </p>
            ${coming.length > 0 && html`
                <p class="actions">
                    <button type="button" class="button small" onClick=${() => ask({ kind: 'change', booking })}>
                        ${t('mine.change')}<span class="unseen"> ${booking.purpose}</span></button>
                    <button type="button" class="button small danger"
                        onClick=${() => ask({ kind: 'cancel', booking, time: coming.length > 1 ? shown : null })}>
                        ${t('mine.cancel')}<span class="unseen"> ${booking.purpose}</span></button>
                </p>`}
            ${released && html`<${Proof} time=${released} zone=${booking.zone} />`}
        </li>`;
}

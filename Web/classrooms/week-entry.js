// A booking as it lies in the grid of a week.

import { html } from '/lib/html.js';
import { weekdayAndDay } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { t } from '/classrooms/book-words.js';
import { clockWords } from '/classrooms/week-model.js';

function wordsOf({ own, holder, purpose }) {
    if (own) return t('entry.yours', { purpose });
    if (purpose === null) return t('entry.booked');
    return holder ? t('entry.of', { holder, purpose }) : purpose;
}

/**
 * One's own can be opened and moved; those of others by those who may change them. What others have is a time that is
 * taken, with names for those who may see them.
 */
export function Entry({ booking, day, from, to, place, open, mayManage, present }) {
    const words = wordsOf(booking);
    const isOver = instant(booking.end) <= present;
    const opens = booking.own || mayManage;
    const moves = opens && instant(booking.start) > present;
    const kind = booking.requested ? 'asked' : booking.own ? 'own' : 'other';
    const all = booking.requested ? `${words}, ${t('entry.asked')}` : words;
    const says = t('entry.says', { day: weekdayAndDay(day), from: clockWords(from), to: clockWords(to), words: all });
    const inner = html`
        <span class="week-entry-time">${clockWords(from)}–${clockWords(to)}</span>
        <span class="week-entry-words">${words}</span>
        ${booking.requested && html`<span class="week-entry-words">${t('entry.asked')}</span>`}`;
    const given = { class: 'week-entry', 'data-kind': kind, 'data-over': isOver, 'data-short': to - from <= 30 };
    return html`
        <li style=${place}>${opens
            ? html`
                <button type="button" ...${given} data-moves=${moves}
                    data-day=${day}
                    data-entry=${`${booking.booking_id} ${booking.occurrence}`} aria-label=${says} title=${says}
                    onClick=${() => open(booking)}>${inner}</button>`
            : html`<div ...${given} title=${says}>${inner}</div>`}
        </li>`;
}

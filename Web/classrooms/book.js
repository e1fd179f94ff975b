// The window in which a room is booked, or a booking changed: when, what for, and how often. What is in the way is
// shown with its time, and with what to do about it.

import { html, useRef, useState } from '/lib/html.js';
import { minuteIn, weekdayAndDay, weekdayAndDayIn } from '/lib/format.js';
import { useAction, useSession } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { dayOf, isElsewhere, toInput } from '/lib/zone.js';
import { api } from '/classrooms/api.js';
import { t } from '/classrooms/book-words.js';
import { isOpen, weekdayOf } from '/classrooms/model.js';
import { RepeatFields } from '/classrooms/repeat.js';
import {
    datesOf, firstDay, freshRule, isWhole, mostTimes, onDay, parseRule, restOf, ruleText,
} from '/classrooms/rule.js';
import { Dialog } from '/parts/dialog.js';
import { Glyph } from '/parts/icons.js';
import { Select, Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { TimeField } from '/parts/time-field.js';
import { toast } from '/parts/toast.js';

const minute = 60_000;
const purposeKey = 'classrooms.purpose';

/** What one booked for last: it is most often the same again. */
function lastPurpose() {
    try { return localStorage.getItem(purposeKey) ?? ''; } catch { return ''; }
}

function rememberPurpose(purpose) {
    try { localStorage.setItem(purposeKey, purpose); } catch { /* Storage may be forbidden. */ }
}

/** A name for a request, so that it is not carried out twice when it is sent again. */
const newName = () => [...crypto.getRandomValues(new Uint8Array(12))].map((each) => each.toString(16)
    .padStart(2, '0')).join('');

/** What a booking that is changed begins with: of a series, what is left of it. */
function drawn(booking, zone) {
    const times = booking.occurrences.filter(({ start }) => instant(start) > now());
    const rule = booking.rrule && times.length > 0 ? parseRule(booking.rrule, booking.start.slice(0, 10)) : null;
    return rule ? restOf(rule, times, zone) : null;
}

/** The booking in the way, and what to do about it. */
function InTheWay({ conflict, room, series, omit, begin }) {
    const [start, end] = [instant(conflict.start), instant(conflict.end)];
    const day = dayOf(start, room.zone);
    const after = end + room.buffer_minutes * minute;
    return html`
        <section class="conflict" role="alert" data-tone="bad">
            <h3><${Glyph} tone="bad" /> ${t('conflict.title')}</h3>
            <p>
                <strong>${weekdayAndDay(day)}, ${t('conflict.when', { from: minuteIn(start, room.zone),
                    to: minuteIn(end, room.zone) })}</strong>
                ${[conflict.holder, conflict.purpose].filter(Boolean).map((words) => html` · ${words}`)}
            </p>
            <p class="actions">
                ${series
                    ? html`<button type="button" class="button small"
                        onClick=${() => omit(day)}>${t('conflict.omit', { day: weekdayAndDay(day) })}</button>`
                    : html`<button type="button" class="button small" onClick=${() => begin(after)}>
                        ${t('conflict.after', { time: minuteIn(after, room.zone) })}</button>`}
            </p>
        </section>`;
}

/** What the series comes to, in words: how often, from when to when. */
function Series({ dates, without, start, end, zone }) {
    const left = dates.filter((date) => !without.includes(date));
    if (left.length > mostTimes) return html`<p class="field-error">${t('series.too', { most: mostTimes })}</p>`;
    return left.length > 0 && html`
        <p class="hint" role="status">
            ${t('series.words', { count: left.length, first: weekdayAndDay(left[0]), last: weekdayAndDay(left.at(-1)),
                from: minuteIn(start, zone), to: minuteIn(end, zone) })}
            ${without.length > 0 && html` ${t('series.without', { count: without.length })}`}
        </p>`;
}

/** What is left of a series one time of which was dragged from one day of the week to another. */
function dragged(rest, from, to) {
    if (from === to) return rest;
    return { ...rest, days: [...new Set(rest.days.map((day) => (day === from ? to : day)))] };
}

function useDraft({ room: { zone }, start, end, booking, from }) {
    const rest = booking ? drawn(booking, zone) : null;
    const weekdayAt = (at) => weekdayOf(dayOf(at, zone));
    const [draft, set] = useState(() => ({
        // A series goes on from its next time.
        start: rest ? onDay(start, rest.first, zone) : start, minutes: Math.round((end - start) / minute),
        purpose: booking ? booking.purpose : lastPurpose() || t('purpose.standard'),
        repeat: rest ? 'weekly' : booking?.rrule ? 'other' : 'once',
        rule: rest ? dragged(rest, weekdayAt(from), weekdayAt(start)) : freshRule(dayOf(start, zone)),
        without: rest?.without ?? [],
    }));
    return [draft, (more) => set((old) => ({ ...old, ...more }))];
}

/** When the draft has the room: of a series its first time on a day that it is on. */
function timesOf(draft, zone) {
    if (draft.repeat !== 'weekly' || !isWhole(draft.rule)) {
        return { dates: null, start: draft.start, end: draft.start + draft.minutes * minute };
    }
    const first = firstDay(draft.rule, dayOf(draft.start, zone));
    const start = onDay(draft.start, first, zone);
    return { dates: datesOf(draft.rule, first), start, end: start + draft.minutes * minute };
}

function bodyOf(draft, { start, end }, booking, zone) {
    const body = { start: new Date(start).toISOString(), end: new Date(end).toISOString(),
        purpose: draft.purpose.trim() };
    if (draft.repeat === 'other') return { ...body, rrule: booking.rrule };
    if (draft.repeat !== 'weekly') return body;
    return { ...body, rrule: ruleText(draft.rule),
        exdates: draft.without.map((date) => date + toInput(start, zone).slice(10)) };
}

function say(room, made, { dates, start, end }, isChange) {
    const zone = room.zone;
    const words = { room: room.name, day: weekdayAndDayIn(start, zone), from: minuteIn(start, zone),
        to: minuteIn(end, zone) };
    const count = made.occurrences.filter(({ cancelled, start: each }) => !cancelled && instant(each) >= start).length;
    if (made.status === 'requested') toast({ tone: 'warn', text: t('made.asked', { ...words }) });
    else if (isChange) toast({ text: t('made.changed', { ...words }) });
    else if (dates) toast({ text: t('made.series', { ...words, count }) });
    else toast({ text: t('made.booked', { ...words }) });
}

/**
 * @param room which; @param start,end what is proposed, milliseconds; @param booking that is changed, or null
 * @param from when the time of it that is changed began; @param own whether it is the reader's
 * @param close is called when the window is closed, @param done with what was booked
 */
export function BookDialog({ room, start, end, booking = null, from = start, own = true, close, done }) {
    const session = useSession();
    const [draft, change] = useDraft({ room, start, end, booking, from });
    const { busy, error, run, clear } = useAction();
    const name = useRef({ text: '', id: '' });
    const times = timesOf(draft, room.zone);
    const running = booking && !booking.rrule && instant(booking.occurrences.at(-1)?.start) <= now();
    const manages = session.may('classrooms.bookings', room.site);
    const waits = room.needs_approval && !manages;
    const conflict = error?.status === 409 ? error.members?.conflict : null;
    const submit = (event) => {
        event.preventDefault();
        run(async () => {
            const body = bodyOf(draft, times, booking, room.zone);
            const text = JSON.stringify(body);
            if (name.current.text !== text) name.current = { text, id: newName() };
            const made = booking ? await api.change(booking.booking_id, body)
                : await api.book({ ...body, classroom_id: room.classroom_id, request_id: name.current.id });
            if (!booking) rememberPurpose(body.purpose);
            say(room, made, times, booking !== null);
            done(made);
        });
    };
    const edit = (more) => { clear(); change(more); };
    const isBackward = draft.minutes <= 0;
    const isUsable = !isBackward && (draft.repeat !== 'weekly' || isWhole(draft.rule));
    const title = t(booking ? own ? 'change.title' : 'change.other' : 'book.title', { room: room.name });
    return html`
        <${Dialog} title=${title} open=${true} close=${close}>
            <form onSubmit=${submit}>
                <${Text} label=${t('field.purpose')} value=${draft.purpose} set=${(purpose) => edit({ purpose })}
                    maxlength="200" required autocomplete="off"
                    onFocus=${(event) => event.target.select()} />
                <div class="room-times">
                    <${TimeField} label=${t('field.from')} zone=${room.zone} value=${draft.start} disabled=${running}
                        set=${(at) => edit({ start: at })} step="300" required />
                    <${TimeField} label=${t('field.to')} zone=${room.zone} value=${draft.start + draft.minutes * minute}
                        set=${(at) => edit({ minutes: Math.round((at - draft.start) / minute) })} step="300" required
                        error=${isBackward ? t('end.before') : null} />
                </div>
                ${isElsewhere(room.zone) && html`<p class="hint">${t('hint.elsewhere', { zone: room.zone })}</p>`}
                ${running ? html`<p class="hint">${t('hint.running')}</p>` : html`
                    <${Select} label=${t('field.repeat')} value=${draft.repeat} set=${(repeat) => edit({ repeat })}
                        options=${[['once', t('repeat.once')], ['weekly', t('repeat.weekly')],
                            ...(booking?.rrule && draft.repeat === 'other' ? [['other', t('repeat.other')]] : [])]} />`}
                ${draft.repeat === 'weekly' && html`
                    <${RepeatFields} rule=${draft.rule} set=${(rule) => edit({ rule })}
                        earliest=${dayOf(times.start, room.zone)} />
                    ${times.dates && html`
                        <${Series} ...${times} without=${draft.without} zone=${room.zone} />`}`}
                ${draft.repeat === 'other' && html`<p class="hint">${t('repeat.rule',
                    { rule: html`<code>${booking.rrule}</code>` })}</p>`}
                ${booking?.rrule && html`<p class="hint">${t('series.whole')}</p>`}
                ${!manages && !isBackward && !isOpen(room, times.start, times.end)
                    && html`<p class="field-error">${t('hint.closed')}</p>`}
                ${waits && html`<p class="hint">${t('hint.approval')}</p>`}
                ${conflict && html`
                    <${InTheWay} conflict=${conflict} room=${room} series=${draft.repeat === 'weekly'}
                        omit=${(day) => edit({ without: [...draft.without, day] })}
                        begin=${(at) => edit({ start: at })} />`}
                ${error && !conflict && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="submit" class="button primary" disabled=${!isUsable} aria-busy=${busy}>
                        ${t(booking ? 'submit.change' : waits ? 'submit.ask' : 'submit')}</button>
                </p>
            </form>
        <//>`;
}

// The grid of a room's week. Free places are chosen by dragging, by tapping and by keyboard; bookings lie above them.

import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '/lib/html.js';
import { duration, weekday, weekdayAndDay } from '/lib/format.js';
import { now } from '/lib/time.js';
import { dayOf } from '/lib/zone.js';
import { t } from '/classrooms/book-words.js';
import { minuteOfDay } from '/classrooms/model.js';
import { at } from '/classrooms/rule.js';
import { Entry } from '/classrooms/week-entry.js';
import { meaningOf } from '/classrooms/week-keys.js';
import {
    between, clockWords, dateOf, entriesOf, inTheWay, isOpenFor, placeOf, rangeOf, step, usualEnd,
} from '/classrooms/week-model.js';
import { usePointer } from '/classrooms/week-pointer.js';

/** So long after its beginning a time can still be booked, in milliseconds. */
const grace = 300_000;
const coarse = matchMedia('(pointer: coarse)');

/** What is against booking the chosen time; null: nothing that is known here. */
function against(room, entries, { day, from, to }, mayManage, but = null) {
    const taken = inTheWay(entries, from, to, but);
    if (taken) return t('chosen.inTheWay', { from: clockWords(taken.from), to: clockWords(taken.to) });
    if (at(day, from, room.zone) < now() - grace) return t('chosen.past');
    return mayManage || isOpenFor(room, day, from, to) ? null : t('chosen.closed');
}

function Heads({ days, today }) {
    return html`
        <div role="row" class="week-head">
            <span role="columnheader" class="week-time"><span class="unseen">${t('week.hours')}</span></span>
            ${days.map((day) => html`
                <span role="columnheader" class="week-day-head" key=${day} data-today=${day === today}>
                    ${weekday(day)}${' '}<strong>${dateOf(day)}</strong></span>`)}
        </div>`;
}

/** One row: a quarter of an hour on each day. */
function Row({ minute, days, places, active, chosen }) {
    const time = clockWords(minute);
    return html`
        <div role="row" class="week-row" data-hour=${minute % 60 === 0} data-half=${minute % 60 === 30}>
            <span role="rowheader" class="week-time"><span>${time}</span></span>
            ${days.map((day) => {
                const place = places[day][minute];
                return html`
                    <div role="gridcell" key=${day} class="week-place" data-place=${place} data-day=${day}
                        data-minute=${minute} tabindex=${active.day === day && active.minute === minute ? 0 : -1}
                        aria-selected=${chosen?.day === day && chosen.from <= minute && minute < chosen.to}
                        aria-label=${t(`cell.${place}`, { day: weekdayAndDay(day), time })}></div>`;
            })}
        </div>`;
}

/** Whether nothing else can be hit beside a place, which is lower than a finger is wide. */
const standsAlone = (places, minute) => ![minute - step, minute + step].some((next) => places[next] === 'booked');

/** Where one begins: the first free place from now on that stands alone, or the first of all. */
function beginning(days, range, places, present, zone) {
    const today = dayOf(present, zone);
    const first = Math.max(range.from, Math.min(480, range.to - step));
    for (const day of days) {
        const from = day === today ? Math.max(first, Math.ceil(minuteOfDay(present, zone) / step) * step) : first;
        for (let minute = from; minute < range.to; minute += step) {
            if (places[day][minute] === 'free' && standsAlone(places[day], minute)) return { day, minute };
        }
    }
    return { day: days[0], minute: first };
}

/** What is chosen, in words, and the way to book it; for readers' software it is said as it changes. */
function Bar({ chosen, problem, mayBook, book, clear }) {
    const words = chosen && { day: weekdayAndDay(chosen.day), from: clockWords(chosen.from),
        to: clockWords(chosen.to) };
    return html`
        <div class="week-chosen" data-on=${chosen !== null}>
            <p class="week-chosen-words" role="status" data-wrong=${problem !== null}>
                ${chosen && html`${t('chosen', { ...words, length: duration((chosen.to - chosen.from) * 60) })}${' · '}
                    <strong>${problem ?? t('chosen.free')}</strong>`}
            </p>
            ${chosen && mayBook && html`
                <p class="actions">
                    <button type="button" class="button small quiet" onClick=${clear}>${t('chosen.clear')}</button>
                    ${problem === null && html`
                        <button type="button" class="button small primary"
                            onClick=${book}>${t('chosen.book', { ...words })}</button>`}
                </p>`}
        </div>`;
}

/** A time as it is chosen, or as a booking would lie there. */
function Choice({ time, problem, box, pulls = false }) {
    return html`
        <div class="week-choice" data-wrong=${problem !== null} style=${box(time.day, time.from, time.to)}
            aria-hidden="true">
            <span>${clockWords(time.from)}–${clockWords(time.to)}</span>
            ${pulls && html`<span class="week-handle"></span>`}
        </div>`;
}

function useGrid({ room, days, bookings, present }) {
    const entries = useMemo(() => Object.fromEntries(days.map((day) => [day, entriesOf(bookings, day, room.zone)])),
        [bookings, days.join(), room.zone]);
    const range = rangeOf(room, days, Object.values(entries).flat());
    const minutes = Array.from({ length: (range.to - range.from) / step }, (_, n) => range.from + n * step);
    // A place becomes past once a minute, and not once a second.
    const places = useMemo(() => Object.fromEntries(days.map((day) => [day, Object.fromEntries(minutes.map((minute) =>
        [minute, placeOf(room, entries[day], day, minute, present)]))])),
    [entries, range.from, range.to, Math.floor(present / 60_000), room.hours]);
    return { entries, range, minutes, places };
}

/** Moves the focus along with the place where one is, when a key moved it. */
function useFocus(grid, active) {
    const follows = useRef(false);
    useLayoutEffect(() => {
        if (!follows.current) return;
        follows.current = false;
        grid.current.querySelector('[role=gridcell][tabindex="0"]')?.focus();
    }, [active]);
    return () => { follows.current = true; };
}

/**
 * @param booked how often something was booked here: nothing stays chosen after that
 * @param book(day, from, to) opens the window in which a time is booked; @param open(booking) shows a booking
 * @param move(booking, day, from) opens the window in which a booking is changed to begin there
 * @param turn({weeks, days}) shows other days
 */
export function WeekGrid({ room, days, bookings, mayBook, mayManage, booked, book, open, move, turn }) {
    const present = now();
    const { entries, range, minutes, places } = useGrid({ room, days, bookings, present });
    const [active, go] = useState(() => beginning(days, range, places, present, room.zone));
    const [chosen, choose] = useState(null);
    const [ghost, show] = useState(null);
    const anchor = useRef(null);
    // What was chosen is booked.
    useEffect(() => choose(null), [booked]);
    const grid = useRef(null);
    const follow = useFocus(grid, active);
    const problemOf = (time, but) => against(room, entries[time.day], time, mayManage, but);
    const take = (time) => { if (mayBook && problemOf(time) === null) book(time.day, time.from, time.to); };
    const start = (place) => { anchor.current = place; go(place); };
    const whole = ({ day, minute }) => ({ day, from: minute, to: usualEnd(entries[day], minute, range.to) });
    const pointer = usePointer({
        grid, days, range, chosen, choose, start, whole, take,
        held: (key, day) => entries[day].find(({ booking }) => `${booking.booking_id} ${booking.occurrence}` === key),
        show: (time, part) => show(time && { time, problem: problemOf(time, part.booking) }),
        move: ({ booking }, time) => {
            if (problemOf(time, booking) === null) move(booking, time.day, time.from);
        },
    });
    const press = (event) => {
        if (!event.target.closest('[role=gridcell]') || event.altKey || event.ctrlKey || event.metaKey) return;
        const meaning = meaningOf(event, active, days, range);
        if (!meaning) return;
        event.preventDefault();
        if (meaning.kind === 'book') {
            const isOne = chosen?.day !== active.day || chosen.to - chosen.from === step;
            const time = isOne ? whole(active) : chosen;
            choose(time);
            take(time);
        } else if (meaning.kind === 'clear') { anchor.current = null; choose(null);
        } else if (meaning.kind === 'turn') turn(meaning);
        else {
            if (!meaning.extends) anchor.current = meaning.place;
            else if (anchor.current?.day !== meaning.place.day) anchor.current = active;
            follow();
            go(meaning.place);
            choose({ day: meaning.place.day, ...between(anchor.current.minute, meaning.place.minute) });
        }
    };
    const problem = chosen ? problemOf(chosen) : null;
    const today = dayOf(present, room.zone);
    const minuteNow = minuteOfDay(present, room.zone);
    const box = (day, from, to) => ({ '--column': days.indexOf(day),
        '--from': (Math.max(from, range.from) - range.from) / step,
        '--length': (Math.min(to, range.to) - Math.max(from, range.from)) / step });
    return html`
        ${mayBook && html`<p class="hint week-how">${t(coarse.matches ? 'week.how.touch' : 'week.how')}</p>`}
        <div class="week" style=${{ '--columns': days.length }} ref=${grid} ...${mayBook ? pointer : {}}>
            <div role="grid" aria-label=${t('week.grid', { room: room.name })} aria-readonly=${!mayBook}
                aria-multiselectable="true" onKeyDown=${press}>
                <${Heads} days=${days} today=${today} />
                ${minutes.map((minute) => html`
                    <${Row} key=${minute} minute=${minute} days=${days} places=${places} active=${active}
                        chosen=${chosen} />`)}
            </div>
            <ol class="week-entries" role="list" aria-label=${t('week.bookings')}>
                ${days.flatMap((day) => entries[day].map(({ booking, from, to }) => html`
                    <${Entry} key=${`${day} ${booking.booking_id} ${booking.occurrence}`} booking=${booking} day=${day}
                        from=${from} to=${to} place=${box(day, from, to)} open=${open} mayManage=${mayManage}
                        present=${present} />`))}
            </ol>
            ${chosen && html`<${Choice} time=${chosen} problem=${problem} box=${box} pulls />`}
            ${ghost && html`<${Choice} ...${ghost} box=${box} />`}
            ${days.includes(today) && minuteNow > range.from && minuteNow < range.to && html`
                <div class="week-line" aria-hidden="true" style=${box(today, minuteNow, minuteNow)}></div>`}
        </div>
        <${Bar} chosen=${chosen} problem=${problem} mayBook=${mayBook} book=${() => take(chosen)}
            clear=${() => choose(null)} />`;
}

// The week of a room as a grid of days and quarters of an hour, by the clock of the room: pure functions.

import { weekdayAndDay } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { dayOf } from '/lib/zone.js';
import { minuteOfDay, partsOf } from '/classrooms/model.js';
import { addDays, at, mondayOf } from '/classrooms/rule.js';

/** One place of the grid, in minutes. */
export const step = 15;
/** What is booked by one tap, and by Enter on a single place. */
export const usual = 60;
/** Where nobody says opening hours, a day is shown from and to. */
const [firstHour, lastHour] = [7, 20];

/** The days that are shown: seven from Monday on, or one. */
export function daysOf(day, isWeek) {
    const monday = mondayOf(day);
    return isWeek ? [0, 1, 2, 3, 4, 5, 6].map((n) => addDays(monday, n)) : [day];
}

/** The parts of bookings that lie on a day: [{booking, from, to}] in minutes since midnight, in order. */
export function entriesOf(bookings, day, zone) {
    const found = [];
    for (const booking of bookings) {
        const [start, end] = [instant(booking.start), instant(booking.end)];
        const [first, last] = [dayOf(start, zone), dayOf(end - 1, zone)];
        if (first > day || last < day) continue;
        const from = first < day ? 0 : minuteOfDay(start, zone);
        const to = last > day ? 1440 : minuteOfDay(end, zone) || 1440;
        // In the night that has an hour twice the clock may show less at the end.
        found.push({ booking, from, to: Math.max(to, from + 1) });
    }
    return found.sort((a, b) => a.from - b.from);
}

/** From which to which minute of the day is shown: the opening hours of these days, and whatever is booked on them. */
export function rangeOf(room, days, entries) {
    const parts = room.hours === 'always' ? [[firstHour * 60, lastHour * 60]]
        : days.flatMap((day) => partsOf(room.hours, day));
    const all = [...parts, ...entries.map(({ from, to }) => [from, to])];
    if (all.length === 0) return { from: firstHour * 60, to: lastHour * 60 };
    return { from: Math.floor(Math.min(...all.map(([from]) => from)) / 60) * 60,
        to: Math.min(1440, Math.ceil(Math.max(...all.map(([, to]) => to)) / 60) * 60) };
}

/** The first entry that takes a part of this time; null: it is free. `but` is not counted. */
export const inTheWay = (entries, from, to, but = null) => entries.find((entry) => entry.booking !== but
    && entry.from < to && entry.to > from) ?? null;

/** Whether a room is open all of this time. */
export const isOpenFor = (room, day, from, to) => partsOf(room.hours, day).some(([opens, closes]) => opens <= from
    && to <= closes);

/** How a place is: 'past', 'booked', 'closed' or 'free'. */
export function placeOf(room, entries, day, minute, present) {
    if (inTheWay(entries, minute, minute + step)) return 'booked';
    if (at(day, minute + step, room.zone) <= present) return 'past';
    return isOpenFor(room, day, minute, minute + step) ? 'free' : 'closed';
}

/** The usual length from a minute on, or as much of it as is free and shown. */
export function usualEnd(entries, from, most) {
    const next = entries.find((entry) => entry.from >= from + step);
    return Math.min(from + usual, most, next ? next.from : most);
}

/** The number and month of a date, as a head of its column says it. */
export const dateOf = (iso) => weekdayAndDay(iso).replace(/^\S+ /, '');

/** A minute of the day as a clock shows it. */
export const clockWords = (minute) => `${`${Math.floor(minute / 60)}`.padStart(2, '0')}:${
    `${minute % 60}`.padStart(2, '0')}`;

/** What is chosen between the place where it began and the place where one is. */
export const between = (anchor, active) => ({ from: Math.min(anchor, active), to: Math.max(anchor, active) + step });

// What a room's facts mean, as pure functions.

import { dayOf, toInput } from '/lib/zone.js';
import { instant } from '/lib/time.js';

/**
 * How a room is, in one word: what somebody who looks for a room has to know first. Nobody may take a room that is
 * booked; one that somebody is in without a booking is taken as well; of one that is silent nobody knows.
 */
export function stateOf(room, present) {
    const booked = bookedNow(room, present);
    if (room.occupancy === 'occupied') return booked ? 'used' : 'unbooked';
    if (booked) return 'booked';
    return room.has_device && room.occupancy === 'unknown' ? 'unknown' : 'free';
}

export const stateOrder = ['free', 'unbooked', 'booked', 'used', 'unknown'];

export const tones = { free: 'good', used: 'busy', booked: 'busy', unbooked: 'warn', unknown: 'unknown' };

/** Since when a room is so; null: nobody can tell. */
export function sinceOf(room, present) {
    const state = stateOf(room, present);
    if (state === 'booked') return instant(bookedNow(room, present).start);
    return room.has_device ? instant(room.occupancy_since) : null;
}

/** The booking that has a room at an instant; time goes on between two events. */
export function bookedNow(room, present) {
    const has = (slot) => slot && instant(slot.start) <= present && present < instant(slot.end);
    return [room.current, room.next].find(has) ?? null;
}

/** The next booking that begins. */
export function bookedNext(room, present) {
    return [room.current, room.next].find((slot) => slot && instant(slot.start) > present) ?? null;
}

/** Until when a room is free: null if it is not, Infinity if nothing is known to come. */
export function freeUntil(room, present) {
    if (bookedNow(room, present)) return null;
    const next = bookedNext(room, present);
    return next ? instant(next.start) : Infinity;
}

/** The booking that somebody may check in for: that of the present, or one that begins within ten minutes. */
export function checkInSlot(room, present) {
    const slot = bookedNow(room, present) ?? bookedNow(room, present + 600_000);
    return slot && ['awaited', 'warned'].includes(slot.presence) ? slot : null;
}

/** The rooms that fit what is looked for. `free` has those that are free at the wanted time; null: no matter. */
export function choose(rooms, { q, state, building, seats, equipment, free }, present) {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    return rooms.filter((room) => {
        const text = [room.name, room.building, ...room.equipment].join(' ').toLowerCase();
        return words.every((word) => text.includes(word)) && (!building || room.building === building)
            && room.capacity >= seats && equipment.every((each) => room.equipment.includes(each))
            && (!state || stateOf(room, present) === state) && (free === null || free.has(room.classroom_id));
    });
}

/** How many rooms are how. */
export function tally(rooms, present) {
    const counts = Object.fromEntries(stateOrder.map((state) => [state, 0]));
    for (const room of rooms) counts[stateOf(room, present)] += 1;
    return counts;
}

/** The clock by which times are typed for several rooms: theirs if they have one, else the reader's. */
export function commonZone(rooms) {
    const zones = new Set(rooms.map(({ zone }) => zone));
    return zones.size === 1 ? [...zones][0] : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// Opening hours.

export const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The day of the week of a date, 0 is Monday. */
export const weekdayOf = (iso) => (new Date(`${iso}T00:00Z`).getUTCDay() + 6) % 7;

const minutesOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** When a room is open on a date: [[from, to]] in minutes since midnight. */
export function partsOf(hours, iso) {
    if (hours === 'always') return [[0, 1440]];
    return (hours[dayNames[weekdayOf(iso)]] ?? []).map((part) => part.split('-').map(minutesOf));
}

/** The minute of the day that the clock there shows. */
export const minuteOfDay = (milliseconds, zone) => minutesOf(toInput(milliseconds, zone).slice(11));

/** Whether a room may be booked from one instant to another: it is open all the time, or within one of its parts. */
export function isOpen(room, start, end) {
    if (room.hours === 'always') return true;
    const day = dayOf(start, room.zone);
    const [from, to] = [minuteOfDay(start, room.zone), minuteOfDay(end, room.zone)];
    if (dayOf(end - 1, room.zone) !== day) return false;
    return partsOf(room.hours, day).some(([opens, closes]) => opens <= from && (to === 0 ? 1440 : to) <= closes);
}

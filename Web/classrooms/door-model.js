// What the display at a door makes of the hub's answer, as pure functions. Time goes on between two answers.

import { instant } from '/lib/time.js';

/** The display trusts an answer for so long, milliseconds: it asks again well before. */
export const trust = 25_000;

export const tones = { free: 'good', booked: 'busy', used: 'bad', unbooked: 'warn', silent: 'unknown',
    unknown: 'unknown' };

/** The booking that runs at an instant; null: none. */
export const running = (board, present) =>
    board.bookings.find(({ start, end }) => instant(start) <= present && present < instant(end)) ?? null;

/** Those that begin later, in order. */
export const coming = (board, present) => board.bookings.filter(({ start }) => instant(start) > present);

/** Until when the room is free, if it is: an instant, or null where nothing is known to come. */
export const freeUntil = (board, present) => instant(coming(board, present)[0]?.start ?? board.free_until);

/**
 * How the room is, in one word. Of a display that has not heard from the hub for long, nobody knows; nor of a room
 * whose sensor is silent, unless it is booked.
 */
export function stateOf(board, present, isLive) {
    if (!board || !isLive) return 'unknown';
    const booking = running(board, present);
    if (board.occupancy === 'occupied') return booking ? 'used' : 'unbooked';
    if (booking) return booking.presence === 'confirmed' ? 'used' : 'booked';
    return board.has_device && board.occupancy === 'unknown' ? 'silent' : 'free';
}

/** The booking that can be confirmed at an instant; null: none. */
export function confirmable(board, present) {
    const at = instant(board.check_in);
    if (at === null) return null;
    return board.bookings.find(({ start, end, presence }) => instant(start) === at && present < instant(end)
        && ['awaited', 'warned'].includes(presence)) ?? null;
}

/** How long the room can be booked at the door, in minutes; none while it is booked. */
export const lengths = (board, present) => (running(board, present) ? [] : board.walk_up_minutes);

/** The booking that was given away and would run now; null: none. */
export const givenAway = (board, present) =>
    (board.released && present < instant(board.released.end) && !running(board, present) ? board.released : null);

/**
 * How far all is moved to the side and down, in hundredths of the screen: a little, another each minute, so that
 * nothing burns in.
 */
export function shift(present) {
    const minute = Math.floor(present / 60_000);
    return [(minute % 5) * 0.2 - 0.4, (Math.floor(minute / 5) % 5) * 0.2 - 0.4];
}

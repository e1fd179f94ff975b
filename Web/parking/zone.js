// Times by the clock of a car park, which may be another than the reader's.

import { language } from '/lib/time.js';

const formats = new Map();

function format(zone, options) {
    const key = `${zone} ${JSON.stringify(options)}`;
    if (!formats.has(key)) {
        let made;
        try { made = new Intl.DateTimeFormat(language, { ...options, timeZone: zone }); } catch { made = new Intl.DateTimeFormat(language, options); }
        formats.set(key, made);
    }
    return formats.get(key);
}

const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };

/** What the clock there shows, as if it were UTC, milliseconds. */
function wall(milliseconds, zone) {
    const found = Object.fromEntries(format(zone, parts).formatToParts(milliseconds).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(found.year, found.month - 1, found.day, found.hour, found.minute, found.second);
}

/** The value of a `datetime-local` input for an instant, by the clock there. */
export const toInput = (milliseconds, zone) => new Date(wall(milliseconds, zone)).toISOString().slice(0, 16);

/** The day there at an instant, as 2026-03-29, or some days before (-1) or after it: days of the calendar, of which two a year have 23 and 25 hours. */
export function dayOf(milliseconds, zone, days = 0) {
    const midnight = Math.floor(wall(milliseconds, zone) / 86_400_000) * 86_400_000;
    return new Date(midnight + days * 86_400_000).toISOString().slice(0, 10);
}

/**
 * The instants at which the clock there shows such a value, in order: one, or two in the night that has an hour twice. An hour that
 * the clock leaves out is read by the offset before it: 02:30 is then the instant that is called 03:30. Nothing if it is no time.
 */
export function instantsOf(text, zone) {
    const local = Date.parse(`${text}Z`);
    if (Number.isNaN(local)) return [];
    // Clocks change at most once within two days.
    const [before, after] = [-86_400_000, 86_400_000].map((far) => wall(local + far, zone) - (local + far));
    const found = [...new Set([local - before, local - after])].sort((a, b) => a - b).filter((at) => wall(at, zone) === local);
    return found.length > 0 ? found : [local - before];
}

/** The instant of such a value, or null. When an hour comes twice, the first: `TimeField` offers the second. */
export const fromInput = (text, zone) => instantsOf(text, zone)[0] ?? null;

/** How far the clock there is from UTC: "UTC+2". */
export const offsetWords = (milliseconds, zone) => (format(zone, { timeZoneName: 'shortOffset' }).formatToParts(milliseconds)
    .find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC').replace('GMT', 'UTC').replace('-', '\u2212');

export const clock = (milliseconds, zone) => format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(milliseconds);
export const dayAndClock = (milliseconds, zone) => format(zone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(milliseconds);

/** A day of the calendar, as `dayOf` gives it, in words: "29 Mar 2026". */
export const dayWords = (day) => format('UTC', { day: 'numeric', month: 'short', year: 'numeric' }).format(Date.parse(`${day}T00:00Z`));

/** Whether the reader's own clock shows something else. */
export function isElsewhere(zone, present = Date.now()) {
    return Math.abs(wall(present, zone) - (present - new Date(present).getTimezoneOffset() * 60_000)) >= 60_000;
}

/** The next full quarter of an hour. */
export const quarter = (milliseconds) => Math.ceil(milliseconds / 900_000) * 900_000;

// Reckoning with the clock of another place, such as a site's, which may be another than the reader's. How such times
// are written is in `format.js`. Zones are names of the IANA data base; one that nobody knows is the reader's own.

const formats = new Map();
const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
    second: '2-digit', hourCycle: 'h23' };

/** Figures for reckoning, not for reading: always digits of English. */
function format(zone) {
    if (!formats.has(zone)) {
        let made;
        try {
            made = new Intl.DateTimeFormat('en', { ...fields, timeZone: zone });
        } catch { made = new Intl.DateTimeFormat('en', fields); }
        formats.set(zone, made);
    }
    return formats.get(zone);
}

/** What the clock there shows, as if it were UTC, milliseconds. */
function wall(milliseconds, zone) {
    const found = Object.fromEntries(format(zone).formatToParts(milliseconds).map(({ type, value }) =>
        [type, Number(value)]));
    return Date.UTC(found.year, found.month - 1, found.day, found.hour, found.minute, found.second);
}

/** The value of a `datetime-local` input for an instant, by the clock there. */
export const toInput = (milliseconds, zone) => new Date(wall(milliseconds, zone)).toISOString().slice(0, 16);

/**
 * The day there at an instant, as 2026-03-29, or some days before (-1) or after it: days of the calendar, of which
 * two a year have 23 and 25 hours.
 */
export function dayOf(milliseconds, zone, days = 0) {
    const midnight = Math.floor(wall(milliseconds, zone) / 86_400_000) * 86_400_000;
    return new Date(midnight + days * 86_400_000).toISOString().slice(0, 10);
}

/**
 * The instants at which the clock there shows such a value, in order: one, or two in the night that has an hour
 * twice. An hour that the clock leaves out is read by the offset before it: 02:30 is then the instant that is called
 * 03:30. Nothing if it is no time.
 */
export function instantsOf(text, zone) {
    const local = Date.parse(`${text}Z`);
    if (Number.isNaN(local)) return [];
    // Clocks change at most once within two days.
    const [before, after] = [-86_400_000, 86_400_000].map((far) => wall(local + far, zone) - (local + far));
    const found = [...new Set([local - before, local - after])].sort((a, b) => a - b).filter((at) =>
        wall(at, zone) === local);
    return found.length > 0 ? found : [local - before];
}

/** The instant of such a value, or null. When an hour comes twice, the first: `TimeField` offers the second. */
export const fromInput = (text, zone) => instantsOf(text, zone)[0] ?? null;

/** Whether the reader's own clock shows something else. */
export function isElsewhere(zone, present = Date.now()) {
    return Math.abs(wall(present, zone) - (present - new Date(present).getTimezoneOffset() * 60_000)) >= 60_000;
}

/** The next full quarter of an hour. */
export const quarter = (milliseconds) => Math.ceil(milliseconds / 900_000) * 900_000;

// Times by the clock of a car park, which may be another than the reader's.

const formats = new Map();

function format(zone, options) {
    const key = `${zone} ${JSON.stringify(options)}`;
    if (!formats.has(key)) {
        let made;
        try { made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }); } catch { made = new Intl.DateTimeFormat('en-GB', options); }
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

/** The instant of such a value, or null. On the night that an hour comes twice, the first of the two. */
export function fromInput(text, zone) {
    const local = Date.parse(`${text}Z`);
    if (Number.isNaN(local)) return null;
    // The offset before and after the guess may differ on the days when the clock changes.
    let at = local - (wall(local, zone) - local);
    at = local - (wall(at, zone) - at);
    return at;
}

export const clock = (milliseconds, zone) => format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(milliseconds);
export const dayAndClock = (milliseconds, zone) => format(zone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(milliseconds);

/** Whether the reader's own clock shows something else. */
export function isElsewhere(zone, present = Date.now()) {
    return Math.abs(wall(present, zone) - (present - new Date(present).getTimezoneOffset() * 60_000)) >= 60_000;
}

/** The next full quarter of an hour. */
export const quarter = (milliseconds) => Math.ceil(milliseconds / 900_000) * 900_000;

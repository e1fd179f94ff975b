// Time as the pages show it. "Now" is the server's: a phone whose clock is an hour off must not call a
// fresh value stale, so every answer that carries the server's time corrects ours.

let skew = 0;

/** Takes the server's time (ISO-8601) from an answer that has just arrived. */
export function learnServerTime(iso) {
    const server = Date.parse(iso);
    if (Number.isNaN(server)) return;
    const difference = server - Date.now();
    // Below a quarter of a second it is the network's delay, not the clock.
    skew = Math.abs(difference) < 250 ? 0 : difference;
}

/** The server's present time in milliseconds since 1970. */
export const now = () => Date.now() + skew;

/** Milliseconds since 1970 of an ISO-8601 time, or null. */
export function instant(iso) {
    if (iso === null || iso === undefined) return null;
    const value = typeof iso === 'number' ? iso : Date.parse(iso);
    return Number.isNaN(value) ? null : value;
}

/** A length of time in seconds, in the largest unit that says enough: "12 s", "3 min", "2 h", "4 d". */
export function span(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 60) return `${s} s`;
    if (s < 3600) return `${Math.floor(s / 60)} min`;
    if (s < 172_800) return `${Math.floor(s / 3600)} h`;
    return `${Math.floor(s / 86_400)} d`;
}

/** A length of time in seconds with its second unit: "2 h 5 min". For uptimes. */
export function duration(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    const parts = [[Math.floor(s / 86_400), 'd'], [Math.floor(s / 3600) % 24, 'h'], [Math.floor(s / 60) % 60, 'min'],
        [s % 60, 's']];
    const first = parts.findIndex(([value]) => value > 0);
    if (first < 0) return '0 s';
    return parts.slice(first, first + 2).filter(([value]) => value > 0)
        .map(([value, unit]) => `${value} ${unit}`).join(' ');
}

/** "just now", "12 s ago", "3 min ago". */
export function ago(milliseconds, present = now()) {
    const seconds = (present - milliseconds) / 1000;
    if (seconds < 1.5) return 'just now';
    return `${span(seconds)} ago`;
}

/** The language that the pages are written in. Dates are in it too, wherever the reader is: no foreign months or digits within a sentence. */
export const language = 'en-GB';

const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const formats = {
    exact: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }),
    clock: new Intl.DateTimeFormat(language, { ...hours, second: '2-digit' }),
    minute: new Intl.DateTimeFormat(language, hours),
    day: new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' }),
};

/** The full local date and time, to the second. */
export const exact = (milliseconds) => formats.exact.format(milliseconds);
/** Local time of day with seconds. */
export const clock = (milliseconds) => formats.clock.format(milliseconds);
/** Local time of day without seconds. */
export const minute = (milliseconds) => formats.minute.format(milliseconds);
/** Local day and month. */
export const day = (milliseconds) => formats.day.format(milliseconds);

/** Time of day for today, with the day in front for any other day. */
export function moment(milliseconds, present = now()) {
    const sameDay = new Date(milliseconds).toDateString() === new Date(present).toDateString();
    return sameDay ? clock(milliseconds) : `${day(milliseconds)}, ${minute(milliseconds)}`;
}

/** `datetime-local` input value of an instant, in local time, to the minute. */
export function toLocalInput(milliseconds) {
    const date = new Date(milliseconds);
    return new Date(milliseconds - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const tickers = new Set();
let timer = null;

/** Calls `listener` once a second until the returned function is called; all listeners share one timer. */
export function onTick(listener) {
    tickers.add(listener);
    timer ??= setInterval(() => { for (const each of [...tickers]) each(); }, 1000);
    return () => {
        tickers.delete(listener);
        if (tickers.size === 0) { clearInterval(timer); timer = null; }
    };
}

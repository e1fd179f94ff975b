// Time as the pages reckon with it; how it is written is in `format.js`. "Now" is the server's: a phone whose clock
// is an hour off must not call a fresh value stale, so every answer that carries the server's time corrects ours.

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

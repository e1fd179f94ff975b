// What the display at a door knows: it asks the hub, which answers when there is news or after ten seconds. The key of
// the link is in a header field, and in no address.

import { useEffect, useState } from '/lib/html.js';
import { address, ask } from '/lib/api.js';
import { learnServerTime, now } from '/lib/time.js';

const path = '/api/room-doors';
/** So long the hub waits for news, seconds: well within what is trusted. */
const wait = 10;
const soon = 2000;
const longest = 10_000;
/** An answer that is no news comes no sooner than this, milliseconds, unless something on the way is wrong. */
const least = 1000;

const request = (key, method, to, more) => ask(method, to, { bearer: key, plain: true, ...more });

/** Confirms a booking, or books from now on; gives how the room is then. */
export const door = {
    checkIn: (key, start) => request(key, 'POST', `${path}/check-in`, { body: { start } }),
    book: (key, minutes) => request(key, 'POST', `${path}/book`, { body: { minutes } }),
};

/** Waits; ends early when `signal` does, or the browser has a network again. */
const pause = (length, signal) => new Promise((done) => {
    const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        removeEventListener('online', end);
        done();
    };
    const timer = setTimeout(end, length);
    signal.addEventListener('abort', end);
    addEventListener('online', end);
});

async function follow(key, signal, take) {
    let version = null;
    let failures = 0;
    while (!signal.aborted) {
        const asked = performance.now();
        try {
            const query = version === null ? {} : { after: version, wait };
            const board = await request(key, 'GET', address(path, query), { signal });
            failures = 0;
            take({ board });
            const isOld = board.version === version;
            version = board.version;
            if (isOld && performance.now() - asked < least) await pause(soon, signal);
        } catch (error) {
            if (signal.aborted) return;
            take({ error });
            // A key that opens nothing will not open anything later.
            if (error.status === 404) return;
            failures += 1;
            await pause(Math.max((error.retryAfter ?? 0) * 1000, Math.min(soon * failures, longest)), signal);
        }
    }
}

/**
 * The room of a key: {board, heard, error, take}. `heard` is when the hub answered last; `take` puts an answer in the
 * place of what is known.
 */
export function useDoor(key) {
    const [state, set] = useState({ board: null, heard: null, error: null });
    const take = ({ board, error }) => {
        if (board) learnServerTime(board.now);
        set((old) => (board ? { board, heard: now(), error: null } : { ...old, error }));
    };
    useEffect(() => {
        const stop = new AbortController();
        follow(key, stop.signal, take);
        return () => stop.abort();
    }, [key]);
    return { ...state, take };
}

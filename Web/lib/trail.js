// Where the newest value of a device's field came from, for its sparkline: read once when it is wanted, a few devices
// at a time, then grown from the live values.

import { useEffect, useRef, useState } from '/lib/html.js';
import { instant, now } from '/lib/time.js';
import { stepText } from '/lib/thinning.js';

const atOnce = 4;
/** Fast devices send more than a sparkline can show. */
const most = 400;

const waiting = [];
let running = 0;

function next() {
    while (running < atOnce && waiting.length > 0) {
        running += 1;
        const job = waiting.shift();
        job().finally(() => { running -= 1; next(); });
    }
}

function queue(job) {
    const entry = () => job();
    waiting.push(entry);
    next();
    return () => { const at = waiting.indexOf(entry); if (at >= 0) waiting.splice(at, 1); };
}

/** True once the element has come near the window. */
export function useSeen(element) {
    const [seen, set] = useState(false);
    useEffect(() => {
        const observer = new IntersectionObserver(([entry]) => {
            if (entry.isIntersecting) { set(true); observer.disconnect(); }
        }, { rootMargin: '200px' });
        observer.observe(element.current);
        return () => observer.disconnect();
    }, []);
    return seen;
}

/**
 * The last `seconds` of a field: {points, error, reload}; `points` are [seconds since 1970, value], none until known.
 * @param of the device's name; @param read(query, options) asks for its readings
 * @param latest the field's newest value, {value, observed_at}, or null
 * @param active whether it is wanted yet; @param step seconds between the points that are read
 */
export function useTrail({ of, read, field, latest, active = true, seconds = 900, step = 15 }) {
    const [points, set] = useState([]);
    const [error, fail] = useState(null);
    const [attempt, again] = useState(0);
    const newest = useRef(null);
    useEffect(() => {
        if (!active || !field) return undefined;
        const stop = new AbortController();
        const leave = queue(async () => {
            if (stop.signal.aborted) return;
            try {
                const from = Math.floor(now() / 1000) - seconds;
                const answer = await read({ field, from, step: stepText(step) }, { signal: stop.signal });
                const column = answer.columns.indexOf(field);
                const past = answer.rows.map((row) => [instant(row[0]) / 1000, row[column]])
                    .filter(([, value]) => typeof value === 'number');
                const end = past.length > 0 ? past[past.length - 1][0] + step : 0;
                set((live) => [...past, ...live.filter(([time]) => time > end)]);
                fail(null);
            } catch (fault) { if (!stop.signal.aborted) fail(fault); }
        });
        return () => { stop.abort(); leave(); };
    }, [of, field, active, attempt]);
    useEffect(() => {
        const time = instant(latest?.observed_at);
        if (!active || time === null || typeof latest.value !== 'number' || newest.current === time) return;
        newest.current = time;
        const oldest = now() / 1000 - seconds - 60;
        set((old) => {
            const end = old.length > 0 ? old[old.length - 1][0] : 0;
            if (time / 1000 <= end) return old;
            const grown = [...old, [time / 1000, latest.value]];
            return grown.length > most ? grown.filter(([at]) => at > oldest).filter((_, index) => index % 2 === 0)
                : grown;
        });
    }, [latest?.observed_at, active]);
    return { points, error, reload: () => again(attempt + 1) };
}

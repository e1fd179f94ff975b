// The last quarter of an hour of one field of a node, for its sparkline. Read once when the panel comes into view, a
// few nodes at a time, then grown from the live values.

import { useEffect, useRef, useState } from '/lib/html.js';
import { api } from '/nodes/api.js';
import { instant, now } from '/lib/time.js';

export const trailSeconds = 900;
const step = 15;
const atOnce = 4;

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
 * [seconds, value] points of a field; empty until known. A failure leaves it empty: the value itself stands beside it.
 */
export function useTrail(node, field, active) {
    const [points, set] = useState([]);
    const newest = useRef(null);
    useEffect(() => {
        if (!active || !field) return undefined;
        const stop = new AbortController();
        const leave = queue(async () => {
            if (stop.signal.aborted) return;
            try {
                const from = Math.floor(now() / 1000) - trailSeconds;
                const query = { field, from, step: `${step}s` };
                const answer = await api.readings(node.node_id, query, { signal: stop.signal });
                const column = answer.columns.indexOf(field);
                const past = answer.rows.map((row) => [instant(row[0]) / 1000, row[column]])
                    .filter(([, value]) => typeof value === 'number');
                const end = past.length > 0 ? past[past.length - 1][0] + step : 0;
                set((live) => [...past, ...live.filter(([time]) => time > end)]);
            } catch { /* Without the trail the panel still says what it must. */ }
        });
        return () => { stop.abort(); leave(); };
    }, [node.node_id, field, active]);
    const latest = field ? node.latest?.[field] : null;
    useEffect(() => {
        const time = instant(latest?.observed_at);
        if (!active || time === null || typeof latest.value !== 'number' || newest.current === time) return;
        newest.current = time;
        const oldest = now() / 1000 - trailSeconds - 60;
        set((old) => {
            const end = old.length > 0 ? old[old.length - 1][0] : 0;
            if (time / 1000 <= end) return old;
            const next = [...old, [time / 1000, latest.value]];
            // Fast nodes send more than a sparkline can show.
            return next.length > 400 ? next.filter(([at]) => at > oldest).filter((_, index) => index % 2 === 0) : next;
        });
    }, [latest?.observed_at, active]);
    return points;
}

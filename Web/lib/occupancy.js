// How many of the things of a place were occupied over a time: spots, rooms. Pure functions on the rows of its history.

import { instant } from '/lib/time.js';

/**
 * The chart's columns: the mean of the known time, the most and the fewest at any instant; null, a gap, where nothing
 * was known.
 */
export function columnsOf(rows) {
    const column = (name) => rows.map((row) => row[name] ?? null);
    return { times: rows.map((row) => instant(row.at) / 1000),
        values: [column('occupied_mean'), column('occupied_max'), column('occupied_min')] };
}

/**
 * The fewest and the most that were occupied at any instant, and the mean over the time of which something is known;
 * null when nothing is. Made of the rows' own extremes: those of a part of a time are within those of the whole,
 * however long the steps are.
 */
export function extentOf(rows, from, to) {
    const known = rows.filter((row) => row.known_seconds > 0 && instant(row.at) / 1000 >= from
        && instant(row.at) / 1000 <= to);
    if (known.length === 0) return null;
    const seconds = known.reduce((sum, row) => sum + row.known_seconds, 0);
    return {
        low: Math.min(...known.map((row) => row.occupied_min)), high: Math.max(...known.map((row) => row.occupied_max)),
        mean: known.reduce((sum, row) => sum + row.occupied_mean * row.known_seconds, 0) / seconds, seconds,
    };
}

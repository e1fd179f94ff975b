// What is shown of lots and spots. Pure functions.

import { byText } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { t } from '/parking/words.js';

/** Each status: its word, the tone of its badge, and the letter that marks it on the plan. */
export const statuses = {
    free: { word: t('free'), tone: 'good', says: t('status.free') },
    occupied: { word: t('occupied'), tone: 'bad', says: t('status.occupied') },
    reserved: { word: t('reserved'), tone: 'busy', says: t('status.reserved') },
    out_of_service: { word: t('outOfService'), tone: 'warn', says: t('status.out_of_service') },
    unknown: { word: t('unknown'), tone: 'unknown', says: t('status.unknown') },
};
export const statusOrder = ['free', 'occupied', 'reserved', 'out_of_service', 'unknown'];

/** Each kind of spot: its word and the letter on the ground. */
export const kinds = {
    standard: { word: t('standard'), letter: '' },
    disabled: { word: t('disabled'), letter: 'D' },
    ev: { word: t('electric'), letter: 'E' },
    family: { word: t('family'), letter: 'F' },
    motorcycle: { word: t('motorcycle'), letter: 'M' },
};
export const kindWord = (kind) => kinds[kind]?.word ?? kind;

/** Why a spot has its status. */
export const sources = {
    sensor: t('source.sensor'), override: t('source.override'), stale: t('source.stale'),
    reservation: t('source.reservation'), owner: t('source.owner'),
};

/**
 * Why this spot has the status that it has: a word of `sources`. A person's word comes first: what is said over a
 * sensor is not from it.
 */
export function sourceOf(spot) {
    if (spot.status === 'out_of_service') return 'owner';
    if (spot.override) return 'override';
    return { unknown: 'stale', reserved: 'reservation' }[spot.status] ?? 'sensor';
}

/** Whether a person has said how a spot is, against or without its sensor. */
export const isOverridden = (spot) => ['owner', 'override'].includes(sourceOf(spot));

/** The longest that a page stands by what it heard once the server is out of reach, seconds. */
export const longestTrust = 120;

/**
 * A spot's status as an honest page shows it. While the server is in reach its word counts; when it is not, what a
 * sensor said grows old with the page. `contact` is when the server was last heard, milliseconds.
 */
export function statusOf(spot, lot, contact, present) {
    if (spot.status === 'out_of_service') return spot.status;
    const trust = Math.min(lot.stale_after_seconds ?? longestTrust, longestTrust) * 1000;
    if (present - contact > trust) return 'unknown';
    const until = instant(spot.override?.until);
    if (until !== null && until !== undefined && present >= until) return 'unknown';
    return statuses[spot.status] ? spot.status : 'unknown';
}

const nothing = () => ({ free: 0, occupied: 0, reserved: 0, out_of_service: 0, unknown: 0, total: 0 });

/** How many of these spots have which status: all together, by level, by kind. */
export function tally(spots, status) {
    const all = nothing();
    const levels = new Map();
    const byKind = new Map();
    const count = (map, key, word) => {
        if (!map.has(key)) map.set(key, nothing());
        map.get(key)[word] += 1;
        map.get(key).total += 1;
    };
    for (const spot of spots) {
        const word = status(spot);
        all[word] += 1;
        all.total += 1;
        count(levels, spot.level ?? '0', word);
        count(byKind, spot.kind ?? 'standard', word);
    }
    return { all, levels: new Map([...levels].sort(([a], [b]) => byLevel(a, b))), kinds: byKind };
}

/** Levels as one comes to them from the entrance: 0, 1, 2, then down: -1, -2; names after numbers. */
export function byLevel(a, b) {
    const [x, y] = [a, b].map((text) => (/^[-\u2212]?\d+$/.test(text) ? Number(text.replace('\u2212', '-')) : null));
    if (x === null || y === null) return (x === null) - (y === null) || byText(a, b);
    return (x < 0) - (y < 0) || Math.abs(x) - Math.abs(y);
}

/** "Level 1", "Level −1" with a true minus. */
export const levelWords = (level) =>
    t('levelIs', { level: /^-\d+$/.test(level) ? level.replace('-', '\u2212') : level });

/** The counts that a lot in a list says of itself, by any of their names. */
export function countsOf(lot) {
    const [total, free, occupied] = [lot.total_spots ?? 0, lot.available_spots ?? 0, lot.occupied_spots ?? 0];
    const rest = { reserved: lot.reserved_spots ?? 0, out_of_service: lot.out_of_service_spots ?? 0 };
    const unknown = lot.unknown_spots ?? Math.max(0, total - free - occupied - rest.reserved - rest.out_of_service);
    return { total, free, occupied, ...rest, unknown };
}

/** The counts of a shared board, as `tally` gives them; what `isOld` is not known any more. */
export function boardCounts(board, isOld) {
    const all = nothing();
    const levels = board.levels.map((each) => {
        const counts = countsOf(each);
        const shown = isOld ? { ...nothing(), total: counts.total, unknown: counts.total } : counts;
        for (const word of Object.keys(all)) all[word] += shown[word];
        return [each.level, shown];
    });
    return { all, levels: new Map(levels.sort(([a], [b]) => byLevel(a, b))) };
}

/** A sentence for the counts: never a free spot that is not known to be free. */
export function sentence(counts) {
    if (counts.total === 0) return t('plan.none');
    if (counts.unknown === counts.total) return t('plan.unknown');
    const known = t('sentence.free', { count: counts.free, spots: t('spots', { count: counts.total }) });
    if (counts.unknown === 0) return t('sentence', { words: known });
    return t('sentence.doubt', { words: known, count: counts.unknown });
}

/** Good with room, warning when little is left, bad when full, unknown when nothing is known. */
export function fullness(counts) {
    if (counts.total === 0 || counts.unknown + counts.out_of_service >= counts.total) return 'unknown';
    if (counts.free === 0) return counts.unknown > 0 ? 'unknown' : 'bad';
    return counts.free <= Math.max(2, counts.total * 0.08) ? 'warn' : 'good';
}

/** Metres between two places on the earth (haversine). */
export function distance(a, b) {
    const radians = (degrees) => degrees * Math.PI / 180;
    const [dLat, dLon] = [radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)];
    const width = Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude));
    const h = Math.sin(dLat / 2) ** 2 + width * Math.sin(dLon / 2) ** 2;
    return 2 * 6_371_000 * Math.asin(Math.sqrt(h));
}

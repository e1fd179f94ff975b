// What is shown of lots and spots. Pure functions.

import { number, plural } from '/lib/format.js';
import { instant, language } from '/lib/time.js';

/** Each status: its word, the tone of its badge, and the letter that marks it on the plan. */
export const statuses = {
    free: { word: 'Free', tone: 'good', says: 'nobody stands here' },
    occupied: { word: 'Occupied', tone: 'bad', says: 'a car stands here' },
    reserved: { word: 'Reserved', tone: 'busy', says: 'kept for somebody' },
    out_of_service: { word: 'Out of service', tone: 'warn', says: 'closed by the owner' },
    unknown: { word: 'Unknown', tone: 'unknown', says: 'nothing was heard of it for too long' },
};
export const statusOrder = ['free', 'occupied', 'reserved', 'out_of_service', 'unknown'];

/** Each kind of spot: its word and the letter on the ground. */
export const kinds = {
    standard: { word: 'Standard', letter: '' },
    disabled: { word: 'Disabled', letter: 'D' },
    ev: { word: 'Electric', letter: 'E' },
    family: { word: 'Family', letter: 'F' },
    motorcycle: { word: 'Motorcycle', letter: 'M' },
};
export const kindWord = (kind) => kinds[kind]?.word ?? kind;

/** Why a spot has its status. */
export const sources = {
    sensor: 'its sensor', override: 'a person of the car park', stale: 'silence of its sensor', reservation: 'a reservation',
    owner: 'the owner',
};

/** Why this spot has the status that it has: a word of `sources`. A person's word comes first: what is said over a sensor is not from it. */
export function sourceOf(spot) {
    if (spot.status === 'out_of_service') return 'owner';
    if (spot.override) return 'override';
    return { unknown: 'stale', reserved: 'reservation' }[spot.status] ?? 'sensor';
}

/** Whether a person has said how a spot is, against or without its sensor. */
export const isOverridden = (spot) => ['owner', 'override'].includes(sourceOf(spot));

/** The longest that a page stands by what it heard once the server is out of reach, seconds. */
const longestTrust = 120;

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
    if (x === null || y === null) return (x === null) - (y === null) || a.localeCompare(b, 'en', { numeric: true });
    return (x < 0) - (y < 0) || Math.abs(x) - Math.abs(y);
}

/** "Level 1", "Level −1" with a true minus. */
export const levelWords = (level) => `Level ${/^-\d+$/.test(level) ? level.replace('-', '\u2212') : level}`;

/** The counts that a lot in a list says of itself, by any of their names. */
export function countsOf(lot) {
    const [total, free, occupied] = [lot.total_spots ?? 0, lot.available_spots ?? 0, lot.occupied_spots ?? 0];
    const rest = { reserved: lot.reserved_spots ?? 0, out_of_service: lot.out_of_service_spots ?? 0 };
    const unknown = lot.unknown_spots ?? Math.max(0, total - free - occupied - rest.reserved - rest.out_of_service);
    return { total, free, occupied, ...rest, unknown };
}

/** A sentence for the counts: never a free spot that is not known to be free. */
export function sentence(counts) {
    if (counts.total === 0) return 'This car park has no spots yet.';
    if (counts.unknown === counts.total) return 'Nothing is known of any spot at present.';
    const known = `${counts.free === 0 ? 'None' : number(counts.free, 0)} of ${plural(counts.total, 'spot')} ${counts.free > 1 ? 'are' : 'is'} free`;
    const doubt = counts.unknown === 0 ? '' : `; ${number(counts.unknown, 0)} ${counts.unknown === 1 ? 'is' : 'are'} not known`;
    return `${known}${doubt}.`;
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
    const h = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(dLon / 2) ** 2;
    return 2 * 6_371_000 * Math.asin(Math.sqrt(h));
}

export function distanceWords(metres) {
    if (metres < 1000) return `${Math.round(metres / 10) * 10} m`;
    return metres < 10_000 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`;
}

const money = new Map();

/** An amount in minor units with its currency: "€2.50", "CHF 2.50"; its code where it has no sign. */
export function amount(minor, currency) {
    if (minor === null || minor === undefined || !Number.isFinite(minor)) return '–';
    const key = currency || 'EUR';
    if (!money.has(key)) {
        let format;
        try {
            const made = new Intl.NumberFormat(language, { style: 'currency', currency: key });
            format = [(value) => made.format(value), 10 ** made.resolvedOptions().maximumFractionDigits];
        } catch { format = [(value) => `${value.toFixed(2)}\u00a0${key}`, 100]; }
        money.set(key, format);
    }
    const [format, scale] = money.get(key);
    return `${minor < 0 ? '\u2212' : ''}${format(Math.abs(minor) / scale).replaceAll(',', '\u202f')}`;
}

/** Minor units of what somebody typed as an amount, or null. */
export function minorOf(text, currency = 'EUR') {
    const clean = text.trim().replace(',', '.');
    if (!/^\d{1,9}(\.\d{1,3})?$/.test(clean)) return null;
    let digits = 2;
    try { digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits; } catch { /* Cents. */ }
    return (clean.split('.')[1] ?? '').length > digits ? null : Math.round(Number(clean) * 10 ** digits);
}

/** An amount as one types it. */
export function typed(minor, currency = 'EUR') {
    if (minor === null || minor === undefined) return '';
    const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
    return (minor / 10 ** digits).toFixed(digits);
}

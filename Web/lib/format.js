// Numbers as text. Always with the digits that the field has, so that a value does not jump in width.

import { describe } from '/lib/fields.js';
import { duration } from '/lib/time.js';

const minus = '\u2212';
const numbers = new Map();

/** A number with a fixed count of digits after the point and thin groups of thousands; null digits: at most 3. */
export function number(value, digits = null) {
    if (typeof value !== 'number' || !Number.isFinite(value)) return '–';
    let format = numbers.get(digits);
    if (!format) {
        format = new Intl.NumberFormat('en', digits === null ? { maximumFractionDigits: 3 }
            : { minimumFractionDigits: digits, maximumFractionDigits: digits });
        numbers.set(digits, format);
    }
    return format.format(value).replaceAll(',', '\u202f').replace('-', minus);
}

/** Value of a field without its unit. `sample` is a value of the field that tells what it is measured in. */
export function value(field, raw, sample = raw) {
    if (raw === null || raw === undefined) return '–';
    if (typeof raw === 'boolean') return raw ? 'on' : 'off';
    if (typeof raw !== 'number') return String(raw);
    return number(raw, describe(field, sample).digits);
}

/** Value of a field with its unit: "22.5 °C". */
export function quantity(field, raw, sample = raw) {
    if (field === 'uptime' && typeof raw === 'number') return duration(raw);
    const unit = typeof raw === 'number' ? describe(field, sample).unit : '';
    return unit === '' ? value(field, raw, sample) : `${value(field, raw, sample)}\u00a0${unit}`;
}

/** Bytes in powers of 1,000, with three digits that mean something: "1.24 MB". */
export function bytes(count) {
    if (typeof count !== 'number' || !Number.isFinite(count)) return '–';
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let size = count;
    let unit = 0;
    while (size >= 1000 && unit < units.length - 1) { size /= 1000; unit += 1; }
    return `${number(size, unit === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2)}\u00a0${units[unit]}`;
}

/** A large count, short: 12 400 stays, 1 240 000 becomes "1.24 M". */
export function count(amount) {
    if (typeof amount !== 'number' || !Number.isFinite(amount)) return '–';
    if (amount < 1_000_000) return number(amount, 0);
    const [size, unit] = amount < 1_000_000_000 ? [amount / 1_000_000, 'M'] : [amount / 1_000_000_000, 'G'];
    return `${number(size, size >= 100 ? 0 : size >= 10 ? 1 : 2)}\u00a0${unit}`;
}

/** A rate: one digit below 100, none above. */
export const rate = (amount) => number(amount, Math.abs(amount) < 100 ? 1 : 0);

/** "1 node", "2 nodes". */
export const plural = (amount, one, many = `${one}s`) => `${number(amount, 0)} ${amount === 1 ? one : many}`;

/** Splits "22.5 °C" style units for screen readers: the unit's spoken name. */
export const spokenUnit = (unit) => ({ '°C': 'degrees Celsius', '%': 'percent', hPa: 'hectopascals', lx: 'lux',
    ppm: 'parts per million', dBm: 'decibel milliwatts', V: 'volts' })[unit] ?? unit;

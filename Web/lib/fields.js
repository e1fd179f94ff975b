// What a field of a device's readings is called and measured in. A device may send any name; the well-known ones get
// their unit from here, the others are shown as they are, without a unit: a guessed unit would be worse than none. So
// a value that cannot be of a name's unit has none either.

import strings from '/lib/fields.en.js';
import { byText, duration, inUnit, nothing, number } from '/lib/format.js';
import { messages } from '/lib/i18n.js';

const t = messages(strings);

const percent = (value) => value >= 0 && value <= 100;

/**
 * A battery's state under a bare name is a charge in percent or a voltage: one cell's 3.1 has a fraction, and no pack
 * has more than 30 V. What may be either (6, 12.6) has no unit.
 */
function batteryUnit(value) {
    if (value >= 0 && value < 6 && !Number.isInteger(value)) return { unit: 'V', digits: 2, least: 0.2 };
    return percent(value) && (value >= 30 || (value > 6 && Number.isInteger(value)))
        ? { unit: '%', digits: 0, least: 4 } : unknownUnit;
}

const unknownUnit = { unit: '', digits: null, least: 0 };

/**
 * Unit, digits after the point, smallest span of an axis; and, where not every number can be of that unit, which can.
 */
const known = {
    temperature: ['°C', 1, 2],
    humidity: ['%', 1, 4, percent],
    // On the ground; 101325 is in pascals, 101.3 in kilopascals, 1.01 in bars.
    pressure: ['hPa', 1, 2, (value) => value >= 300 && value <= 1200],
    light: ['lx', 0, 10],
    illuminance: ['lx', 0, 10],
    lux: ['lx', 0, 10],
    co2: ['ppm', 0, 50],
    voc: ['ppb', 0, 20],
    pm25: ['µg/m³', 1, 2],
    pm10: ['µg/m³', 1, 2],
    noise: ['dB', 1, 5],
    distance: ['cm', 1, 5],
    // Many sensors send what their converter counts, 0 to 1023 or 4095.
    moisture: ['%', 1, 4, percent],
    soil_moisture: ['%', 1, 4, percent],
    battery: ['', null, 0],
    battery_voltage: ['V', 2, 0.2],
    voltage: ['V', 2, 0.2],
    current: ['A', 3, 0.1],
    power: ['W', 1, 2],
    energy: ['kWh', 3, 0.1],
    wifi_rssi: ['dBm', 0, 6],
    rssi: ['dBm', 0, 6],
    uptime: ['s', 0, 60],
    heap: ['B', 0, 1024],
    free_heap: ['B', 0, 1024],
    heap_bytes: ['B', 0, 1024],
};

/** Fields about the device itself rather than about its surroundings. */
export const health = new Set(['wifi_rssi', 'rssi', 'uptime', 'heap', 'free_heap', 'heap_bytes']);

const order = Object.keys(known);

function words(name) {
    const text = name.replaceAll('_', ' ').trim();
    return text === '' ? name : text[0].toUpperCase() + text.slice(1);
}

/**
 * Names that begin a longer one with any end, as in temperature_outside; the others (current_step, light_on) only
 * with a number.
 */
const beginnings = new Set(['temperature', 'humidity', 'pressure', 'soil_moisture', 'co2', 'pm25', 'pm10',
    'illuminance', 'wifi_rssi']);
const numbered = (name, word) => name.startsWith(`${word}_`)
    && (beginnings.has(word) || /^\d+$/.test(name.slice(word.length + 1)));

/**
 * The well-known word that a longer name has at one end: the quantity comes last in most, so that battery_current is
 * a current.
 */
function wordOf(name) {
    if (known[name]) return name;
    if (/(^|_)battery_(percent|pct|soc)$/.test(name)) return 'battery_percent';
    if (/(^|_)(battery_v|vbat|vbatt)$/.test(name)) return 'battery_voltage';
    return order.find((word) => name.endsWith(`_${word}`)) ?? order.find((word) => numbered(name, word)) ?? null;
}

/**
 * Label, unit (empty if not known), digits after the point (null: as many as the value has) and the smallest span
 * of a chart's axis, so that noise in the last digit does not look like a storm.
 * @param sample a value of the field, which may tell that it is not of the unit that its name has elsewhere
 */
export function describe(name, sample = null) {
    const lower = name.toLowerCase();
    const word = wordOf(lower);
    const label = known[lower] ? t(`field.${lower}`) : words(name);
    if (word === null) return { name, label, ...unknownUnit };
    if (word === 'battery_percent') return { name, label, unit: '%', digits: 0, least: 4 };
    if (word === 'battery') return { name, label, ...(typeof sample === 'number' ? batteryUnit(sample) : unknownUnit) };
    const [unit, digits, least, fits] = known[word];
    if (fits && typeof sample === 'number' && !fits(sample)) return { name, label, ...unknownUnit };
    return { name, label, unit, digits, least };
}

/** Readings first in the order people ask for them, then the rest by name, then what concerns the device itself. */
export function sortFields(names) {
    const rank = (name) => {
        const index = order.indexOf(name.toLowerCase());
        return (health.has(name) ? 1000 : 0) + (index < 0 ? 500 : index);
    };
    return [...names].sort((a, b) => rank(a) - rank(b) || byText(a, b));
}

/** Value of a field without its unit. `sample` is a value of the field that tells what it is measured in. */
export function value(field, raw, sample = raw) {
    if (raw === null || raw === undefined) return nothing;
    if (typeof raw === 'boolean') return raw ? t('value.on') : t('value.off');
    if (typeof raw !== 'number') return String(raw);
    return number(raw, describe(field, sample).digits);
}

/** Value of a field with its unit: "22.5 °C". */
export function quantity(field, raw, sample = raw) {
    if (field === 'uptime' && typeof raw === 'number') return duration(raw);
    return inUnit(value(field, raw, sample), typeof raw === 'number' ? describe(field, sample).unit : '');
}

const spoken = new Set(['°C', '%', 'hPa', 'lx', 'ppm', 'dBm', 'V']);

/** A unit as a screen reader should say it. */
export const spokenUnit = (unit) => (spoken.has(unit) ? t(`unit.${unit}`) : unit);

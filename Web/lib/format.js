// The one place that makes texts of numbers, units, money, lengths of time and dates: all in the language of the
// pages, wherever the reader is, and with the digits that the thing has, so that a value does not jump in width.

import { t } from '/lib/i18n.js';
import { now } from '/lib/time.js';
import { locale } from '/strings.en.js';

const minus = '\u2212';
/** A thin space that does not break, between groups of thousands: no reader takes it for a point. */
const thin = '\u202f';
/** What is written where there is no value. */
export const nothing = '–';

const made = new Map();

/** An Intl formatter of the pages' language: made once for the same options. */
function formatter(kind, options) {
    const key = `${kind} ${JSON.stringify(options)}`;
    if (!made.has(key)) made.set(key, new Intl[kind](locale, options));
    return made.get(key);
}

const group = new Intl.NumberFormat(locale).formatToParts(1e9).find(({ type }) => type === 'group')?.value ?? ',';
const spaced = (text) => text.replaceAll(group, thin).replace('-', minus);

/** Compares names as people sort them: 2 before 10. */
export const byText = new Intl.Collator(locale, { numeric: true }).compare;

// Numbers and units.

/** A number with a fixed count of digits after the point and thin groups of thousands; null digits: at most 3. */
export function number(value, digits = null) {
    if (typeof value !== 'number' || !Number.isFinite(value)) return nothing;
    const options = digits === null ? { maximumFractionDigits: 3 }
        : { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return spaced(formatter('NumberFormat', options).format(value));
}

/** A number with its unit, which no line break parts from it: "22.5 °C". */
export const inUnit = (text, unit) => (unit === '' ? text : `${text}\u00a0${unit}`);

/** Three digits that mean something. */
const three = (size) => number(size, size >= 100 ? 0 : size >= 10 ? 1 : 2);

/** Bytes in powers of 1,000: "1.24 MB". */
export function bytes(amount) {
    if (typeof amount !== 'number' || !Number.isFinite(amount)) return nothing;
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let size = amount;
    let unit = 0;
    while (size >= 1000 && unit < units.length - 1) { size /= 1000; unit += 1; }
    return inUnit(unit === 0 ? number(size, 0) : three(size), units[unit]);
}

/** A large count, short: 12 400 stays, 1 240 000 becomes "1.24 M". */
export function count(amount) {
    if (typeof amount !== 'number' || !Number.isFinite(amount)) return nothing;
    if (amount < 1_000_000) return number(amount, 0);
    const [size, unit] = amount < 1_000_000_000 ? [amount / 1_000_000, 'M'] : [amount / 1_000_000_000, 'G'];
    return inUnit(three(size), unit);
}

/** A rate: one digit below 100, none above. */
export const rate = (amount) => number(amount, Math.abs(amount) < 100 ? 1 : 0);

/** A part of a whole, 0 to 1, in whole percent. */
export const percent = (part) => (Number.isFinite(part) ? inUnit(number(part * 100, 0), '%') : nothing);

/** A distance on the ground, as exactly as one walks it. */
export function metres(distance) {
    if (distance < 1000) return `${number(Math.round(distance / 10) * 10, 0)} m`;
    return `${number(distance / 1000, distance < 10_000 ? 1 : 0)} km`;
}

// Money.

/** How many digits a currency has after the point; cents where nobody knows. */
function moneyDigits(currency) {
    try {
        return formatter('NumberFormat', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
    } catch { return 2; }
}

/** An amount in minor units with its currency: "€2.50", "CHF 2.50"; its code where it has no sign. */
export function amount(minor, currency) {
    if (minor === null || minor === undefined || !Number.isFinite(minor)) return nothing;
    const code = currency || 'EUR';
    const whole = Math.abs(minor) / 10 ** moneyDigits(code);
    let text;
    try {
        text = spaced(formatter('NumberFormat', { style: 'currency', currency: code }).format(whole));
    } catch { text = inUnit(number(whole, 2), code); }
    return `${minor < 0 ? minus : ''}${text}`;
}

/** Minor units of what somebody typed as an amount, or null. */
export function minorOf(text, currency = 'EUR') {
    const clean = text.trim().replace(',', '.');
    if (!/^\d{1,9}(\.\d{1,3})?$/.test(clean)) return null;
    const digits = moneyDigits(currency);
    return (clean.split('.')[1] ?? '').length > digits ? null : Math.round(Number(clean) * 10 ** digits);
}

/** An amount as one types it. */
export function typed(minor, currency = 'EUR') {
    if (minor === null || minor === undefined) return '';
    const digits = moneyDigits(currency);
    return (minor / 10 ** digits).toFixed(digits);
}

// Lengths of time.

/** A length of time in seconds, in the largest unit that says enough: "12 s", "3 min", "2 h", "4 d". */
export function span(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 60) return t('span.s', { count: s });
    if (s < 3600) return t('span.min', { count: Math.floor(s / 60) });
    if (s < 172_800) return t('span.h', { count: Math.floor(s / 3600) });
    return t('span.d', { count: Math.floor(s / 86_400) });
}

/** A length of time in seconds with its second unit: "2 h 5 min". For uptimes. */
export function duration(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    const parts = [['d', Math.floor(s / 86_400)], ['h', Math.floor(s / 3600) % 24], ['min', Math.floor(s / 60) % 60],
        ['s', s % 60]];
    const first = parts.findIndex(([, size]) => size > 0);
    if (first < 0) return t('span.s', { count: 0 });
    return parts.slice(first, first + 2).filter(([, size]) => size > 0)
        .map(([unit, size]) => t(`span.${unit}`, { count: size })).join(' ');
}

/** 75 seconds as "1:15". */
export const countdown = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

/** "just now", "12 s ago", "3 min ago". */
export function ago(milliseconds, present = now()) {
    const seconds = (present - milliseconds) / 1000;
    return seconds < 1.5 ? t('ago.now') : t('ago', { span: span(seconds) });
}

// Dates by the reader's clock.

const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const date = (milliseconds, options) => formatter('DateTimeFormat', options).format(milliseconds);
const exactly = { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' };
const withSeconds = { ...hours, second: '2-digit' };
const dayAndMonth = { day: 'numeric', month: 'short' };

/** The full local date and time, to the second. */
export const exact = (milliseconds) => date(milliseconds, exactly);
/** Local time of day with seconds. */
export const clock = (milliseconds) => date(milliseconds, withSeconds);
/** Local time of day without seconds. */
export const minute = (milliseconds) => date(milliseconds, hours);
/** Local day and month. */
export const day = (milliseconds) => date(milliseconds, dayAndMonth);

/** Time of day for today, with the day in front for any other day. */
export function moment(milliseconds, present = now()) {
    const sameDay = new Date(milliseconds).toDateString() === new Date(present).toDateString();
    return sameDay ? clock(milliseconds) : `${day(milliseconds)}, ${minute(milliseconds)}`;
}

// Dates by the clock of another place (an IANA time zone; one that nobody knows is the reader's own).

function inZone(zone, options) {
    try { return formatter('DateTimeFormat', { ...options, timeZone: zone });
        } catch { return formatter('DateTimeFormat', options); }
}

/** Time of day there. */
export const minuteIn = (milliseconds, zone) => inZone(zone, hours).format(milliseconds);
/** Day of the week, day, month and time of day there. */
export const dayAndMinuteIn = (milliseconds, zone) =>
    inZone(zone, { weekday: 'short', ...dayAndMonth, ...hours }).format(milliseconds);

/** A day of the calendar, 2026-03-29, in words: "29 Mar 2026". */
export const dayWords = (iso) => inZone('UTC', { ...dayAndMonth, year: 'numeric' }).format(Date.parse(`${iso}T00:00Z`));

/** How far the clock there is from UTC: "UTC+2". */
export const offsetWords = (milliseconds, zone) =>
    (inZone(zone, { timeZoneName: 'shortOffset' }).formatToParts(milliseconds)
    .find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC').replace('GMT', 'UTC').replace('-', minus);

/** A day of the calendar with that of the week: "Tue 8 Dec". */
export const weekdayAndDay = (iso) =>
    inZone('UTC', { weekday: 'short', ...dayAndMonth }).format(Date.parse(`${iso}T00:00Z`));
/** The day of the week of a day of the calendar: "Tue". */
export const weekday = (iso) => inZone('UTC', { weekday: 'short' }).format(Date.parse(`${iso}T00:00Z`));
/** The day of the week there, the day and the month: "Tue 8 Dec". */
export const weekdayAndDayIn = (milliseconds, zone) =>
    inZone(zone, { weekday: 'short', ...dayAndMonth }).format(milliseconds);

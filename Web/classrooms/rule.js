// Bookings that come again: a weekly rule as one chooses it, as RFC 5545 writes it, and when it has the room.

import { dayOf, fromInput, toInput } from '/lib/zone.js';
import { weekdayOf } from '/classrooms/model.js';

export const ruleDays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
/** A booking has at most so many times. */
export const mostTimes = 400;

/** A date, 2026-12-07, some days on. */
export function addDays(iso, days) {
    return new Date(Date.parse(`${iso}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The Monday of a date's week. */
export const mondayOf = (iso) => addDays(iso, -weekdayOf(iso));

/**
 * What is chosen: {days: weekdays, 0 is Monday; every: how many weeks apart; ends: 'count' or 'until'; count; until: a
 * date}.
 */
export const freshRule = (day) => ({ days: [weekdayOf(day)], every: 1, ends: 'count', count: 10,
    until: addDays(day, 70) });

/** Whether a rule can be made of what is chosen. */
export const isWhole = (rule) => rule.days.length > 0 && rule.every >= 1 && (rule.ends === 'count'
    ? rule.count >= 1 && rule.count <= mostTimes : /^\d{4}-\d\d-\d\d$/.test(rule.until));

/** The rule as RFC 5545 writes it (section 3.3.10), by the clock of the room. */
export function ruleText({ days, every, ends, count, until }) {
    const by = [...days].sort((a, b) => a - b).map((day) => ruleDays[day]).join(',');
    const end = ends === 'count' ? `COUNT=${count}` : `UNTIL=${until.replaceAll('-', '')}T235959`;
    return `FREQ=WEEKLY${every > 1 ? `;INTERVAL=${every}` : ''};BYDAY=${by};${end}`;
}

/** What such a text chooses; null for a rule of another kind. `day` is the date of the first time. */
export function parseRule(text, day) {
    const parts = Object.fromEntries(text.split(';').map((part) => part.split('=')));
    const { FREQ, INTERVAL = '1', BYDAY, COUNT, UNTIL, WKST, ...others } = parts;
    const days = BYDAY ? BYDAY.split(',').map((name) => ruleDays.indexOf(name)) : [weekdayOf(day)];
    if (FREQ !== 'WEEKLY' || Object.keys(others).length > 0 || days.includes(-1) || !(COUNT || UNTIL)
        || (WKST && WKST !== 'MO')) return null;
    const fresh = freshRule(day);
    return { days, every: Number(INTERVAL), ends: COUNT ? 'count' : 'until', count: COUNT ? Number(COUNT) : fresh.count,
        until: UNTIL ? `${UNTIL.slice(0, 4)}-${UNTIL.slice(4, 6)}-${UNTIL.slice(6, 8)}` : fresh.until };
}

/** The first date from this one on that a rule has. */
export function firstDay(rule, day) {
    for (let n = 0; n < 7; n += 1) if (rule.days.includes(weekdayOf(addDays(day, n)))) return addDays(day, n);
    return day;
}

/** The dates of a rule whose first time is on `day`, in order. */
export function datesOf(rule, day) {
    const found = [];
    const monday = mondayOf(day);
    const days = [...rule.days].sort((a, b) => a - b);
    for (let week = 0; found.length <= mostTimes && week < 5300; week += rule.every) {
        for (const weekday of days) {
            const date = addDays(monday, week * 7 + weekday);
            if (date < day) continue;
            if (rule.ends === 'until' ? date > rule.until : found.length >= rule.count) return found;
            found.push(date);
        }
    }
    return found;
}

/** The instant of a time of day on a date, by the clock there. */
export const at = (iso, minute, zone) => fromInput(`${iso}T${`${Math.floor(minute / 60)}`.padStart(2, '0')}:${
    `${minute % 60}`.padStart(2, '0')}`, zone);

/** The same time of day on another date. */
export const onDay = (milliseconds, iso, zone) => fromInput(iso + toInput(milliseconds, zone).slice(10), zone);

/**
 * What is left of a series, as its change asks for it: from its next time on, as often as the rule still has it, and
 * without the dates that were left out or given up. `times` are its occurrences that have not begun.
 */
export function restOf(rule, times, zone) {
    const dateOf = ({ start }) => dayOf(Date.parse(start), zone);
    const first = dateOf(times[0]);
    const dates = datesOf({ ...rule, ends: 'until', until: dateOf(times.at(-1)) }, first);
    const held = new Set(times.filter(({ cancelled }) => !cancelled).map(dateOf));
    return { ...rule, count: dates.length, first, without: dates.filter((date) => !held.has(date)) };
}

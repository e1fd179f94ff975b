// What those who run classrooms have to know of them, as pure functions.

import { bookedNow } from '/classrooms/model.js';
import { instant } from '/lib/time.js';

/** Whether a room's device has not been heard of for too long. */
export const isSilent = (room) => room.has_device && !room.online;

/** Whether a relay gives power, as far as its device is heard: true, false, or null for nobody knows. */
export const powerOf = (room) => (room.online ? room.power_on : null);

/** Whether a person's last word on the power has failed, and the relay is still not as it should be. */
export function hasFailed(room) {
    return room.switching?.stage === 'failed' && !(room.online && room.power_on === room.power_wanted);
}

/** Whether a person's last word is on its way. */
export const isUnderWay = (room) => ['asked', 'sent'].includes(room.switching?.stage);

/** How many rooms are how. */
export function figures(rooms, present) {
    const count = (is) => rooms.filter(is).length;
    const isIdle = (room) => room.occupancy === 'idle';
    return {
        rooms: rooms.length,
        occupied: count((room) => room.occupancy === 'occupied'),
        unbooked: count((room) => room.occupancy === 'occupied' && !bookedNow(room, present)),
        powered: count(powerOf),
        wasted: count((room) => powerOf(room) && isIdle(room) && !bookedNow(room, present)),
        unused: count((room) => isIdle(room) && bookedNow(room, present)),
        silent: count(isSilent),
        without: count((room) => !room.has_device),
    };
}

/** Why a room needs a person, the most urgent first: [{kind, tone, since, ...}]; empty: it does not. */
export function reasonsOf(room, present) {
    const reasons = [];
    if (hasFailed(room)) {
        const { problem, power_on: isOn, ended_at: end } = room.switching;
        reasons.push({ kind: 'failed', tone: 'bad', since: instant(end), problem, isOn });
    }
    if (isSilent(room)) reasons.push({ kind: 'silent', tone: 'warn', since: instant(room.observed_at) });
    const slot = bookedNow(room, present);
    if (slot?.presence === 'warned') {
        reasons.push({ kind: 'warned', tone: 'warn', since: instant(slot.start), until: instant(slot.come_before) });
    }
    return reasons;
}

const urgency = { bad: 0, warn: 1 };

/** The rooms that need a person, the most urgent first: [{room, reasons}]. */
export function attention(rooms, present) {
    return rooms.map((room) => ({ room, reasons: reasonsOf(room, present) })).filter(({ reasons }) =>
        reasons.length > 0).sort((a, b) => urgency[a.reasons[0].tone] - urgency[b.reasons[0].tone]
            || (a.reasons[0].since ?? 0) - (b.reasons[0].since ?? 0));
}

/** How far a person's word has come, in steps for `parts/progress.js`, without words: [{state, at, mark}]. */
export function stepsOf({ stage, problem, asked_at: asked, sent_at: sent, ended_at: end }) {
    const isFailed = stage === 'failed';
    const isOver = stage === 'confirmed';
    const wasSent = sent !== null || isOver;
    return [
        { state: 'asked', at: instant(asked), mark: stage === 'asked' ? 'now' : 'past' },
        { state: 'sent', at: instant(sent),
            mark: isFailed && !wasSent ? 'broken' : stage === 'sent' ? 'now' : wasSent ? 'past' : 'ahead' },
        { state: isFailed && (wasSent || problem === 'not_confirmed') ? 'unconfirmed' : 'confirmed',
            at: isOver || (isFailed && wasSent) ? instant(end) : null,
            mark: isOver ? 'past' : isFailed && wasSent ? 'broken' : 'ahead' },
    ];
}

// Opening hours.

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const part = /^([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$/;

/** Hours as they are typed, a text for each day: null for a room that is always open. */
export const hoursTexts = (hours) => (hours === 'always' ? null
    : Object.fromEntries(days.map((day) => [day, (hours[day] ?? []).join(', ')])));

/** Hours of what was typed, and the days that are wrong: {hours, wrong}. */
export function hoursOf(texts) {
    if (texts === null) return { hours: 'always', wrong: [] };
    const parts = (text) => text.split(',').map((each) => each.replace(/\s+/g, '').replace('–', '-')).filter(Boolean);
    const isRight = (each) => part.test(each) && each.slice(0, 5) < each.slice(6) && each.slice(6) <= '24:00';
    const open = days.map((day) => [day, parts(texts[day])]).filter(([, list]) => list.length > 0);
    return {
        hours: Object.fromEntries(open),
        wrong: open.filter(([, list]) => list.length > 4 || !list.every(isRight)).map(([day]) => day),
    };
}

/** What of `after` is not as in `before`, members of members as well. */
export function changes(before, after) {
    const isMembers = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
    return Object.fromEntries(Object.entries(after).flatMap(([key, value]) => {
        if (JSON.stringify(value) === JSON.stringify(before[key])) return [];
        if (key === 'policy' && isMembers(value)) return [[key, changes(before[key], value)]];
        return [[key, value]];
    }));
}

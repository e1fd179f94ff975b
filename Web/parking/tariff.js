// A tariff as the form holds it and as the API has it. Pure functions.

import { minorOf, typed } from '/parking/model.js';

/** Days as the API has them and as people read them. */
export const weekdays = { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' };

export const newRule = (name = 'Day') => ({ name, kinds: [], weekdays: [], from: '00:00', to: '24:00', type: 'per_started', minutes: '60', price: '2.00' });

/** What the form begins with: the newest tariff, or a simple one. */
export function formOf(tariff, currency) {
    if (!tariff) return { freeMinutes: '0', freeAlways: true, cap: '', rules: [newRule('Hour')] };
    return {
        freeMinutes: String(tariff.free_minutes ?? 0), freeAlways: tariff.free_minutes_apply !== 'short_stays', cap: typed(tariff.daily_cap_minor ?? null, currency),
        rules: (tariff.rules ?? []).map((rule) => ({
            name: rule.name, kinds: rule.kinds ?? [], weekdays: rule.weekdays ?? [],
            from: rule.from, to: rule.to, type: rule.price, minutes: String(rule.minutes ?? 60), price: typed(rule.minor ?? 0, currency),
        })),
    };
}

/** What is wrong with a form, in words, or null. */
export function faultOf(form, currency) {
    if (!/^\d{1,5}$/.test(form.freeMinutes)) return 'The free minutes are a whole number.';
    if (form.cap !== '' && minorOf(form.cap, currency) === null) return 'The daily maximum is an amount, such as 18.00, or empty.';
    if (form.rules.length === 0) return 'Without a rule everything is free; add one.';
    for (const rule of form.rules) {
        if (rule.name.trim() === '') return 'Every rule has a name: drivers read it on the bill.';
        if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(rule.from)) return `${rule.name}: from is a time, such as 08:00.`;
        if (!/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(rule.to)) return `${rule.name}: to is a time, such as 20:00, or 24:00.`;
        if (rule.type !== 'free' && minorOf(rule.price, currency) === null) return `${rule.name}: the price is an amount, such as 2.50.`;
        if (rule.type === 'per_started' && !/^[1-9]\d{0,3}$/.test(rule.minutes)) return `${rule.name}: a block has whole minutes.`;
    }
    return null;
}

/** The form as the API takes it. */
export function bodyOf(form, currency) {
    return {
        currency, free_minutes: Number(form.freeMinutes), free_minutes_apply: form.freeAlways ? 'always' : 'short_stays', daily_cap_minor: form.cap === '' ? null : minorOf(form.cap, currency),
        rules: form.rules.map((rule) => ({
            name: rule.name.trim(), kinds: rule.kinds, weekdays: rule.weekdays, from: rule.from, to: rule.to,
            price: rule.type, ...(rule.type === 'per_started' ? { minutes: Number(rule.minutes) } : {}), ...(rule.type === 'free' ? {} : { minor: minorOf(rule.price, currency) }),
        })),
    };
}

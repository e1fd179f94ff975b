import { minorOf, typed } from '/lib/format.js';
import { t } from '/parking/owner-words.js';
// A tariff as the form holds it and as the API has it. Pure functions.


/** Days as the API has them and as people read them. */
export const weekdays = { mon: t('mon'), tue: t('tue'), wed: t('wed'), thu: t('thu'), fri: t('fri'), sat: t('sat'),
    sun: t('sun') };

export const newRule = (name = 'Day') =>
    ({ name, kinds: [], weekdays: [], from: '00:00', to: '24:00', type: 'per_started', minutes: '60', price: '2.00' });

/** What the form begins with: the newest tariff, or a simple one. */
export function formOf(tariff, currency) {
    if (!tariff) return { freeMinutes: '0', freeAlways: true, cap: '', rules: [newRule('Hour')] };
    return {
        freeMinutes: String(tariff.free_minutes ?? 0), freeAlways: tariff.free_minutes_apply !== 'short_stays',
            cap: typed(tariff.daily_cap_minor ?? null, currency),
        rules: (tariff.rules ?? []).map((rule) => ({
            name: rule.name, kinds: rule.kinds ?? [], weekdays: rule.weekdays ?? [],
            from: rule.from, to: rule.to, type: rule.price, minutes: String(rule.minutes ?? 60),
                price: typed(rule.minor ?? 0, currency),
        })),
    };
}

/** What is wrong with a form, in words, or null. */
export function faultOf(form, currency) {
    if (!/^\d{1,5}$/.test(form.freeMinutes)) return t('tariff.free.wrong');
    if (form.cap !== '' && minorOf(form.cap, currency) === null) return t('tariff.most.wrong');
    if (form.rules.length === 0) return t('rule.none');
    for (const rule of form.rules) {
        if (rule.name.trim() === '') return t('rule.name.wrong');
        if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(rule.from)) return t('rule.from.wrong', { name: rule.name });
        if (!/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(rule.to)) return t('rule.to.wrong', { name: rule.name });
        if (rule.type !== 'free' && minorOf(rule.price, currency) === null) return t('rule.price.wrong',
            { name: rule.name });
        if (rule.type === 'per_started' && !/^[1-9]\d{0,3}$/.test(rule.minutes)) return t('rule.block.wrong',
            { name: rule.name });
    }
    return null;
}

/** The form as the API takes it. */
export function bodyOf(form, currency) {
    return {
        currency, free_minutes: Number(form.freeMinutes),
            free_minutes_apply: form.freeAlways ? 'always' : 'short_stays',
            daily_cap_minor: form.cap === '' ? null : minorOf(form.cap, currency),
        rules: form.rules.map((rule) => ({
            name: rule.name.trim(), kinds: rule.kinds, weekdays: rule.weekdays, from: rule.from, to: rule.to,
            price: rule.type, ...(rule.type === 'per_started' ? { minutes: Number(rule.minutes) } : {}),
                ...(rule.type === 'free' ? {} : { minor: minorOf(rule.price, currency) }),
        })),
    };
}

// What a stay costs from when on. A tariff is never changed, only followed by a newer one; before that it is tried on
// the sessions that were.

import { html, useState } from '/lib/html.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { amount, dayAndMinuteIn, number } from '/lib/format.js';
import { instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { LotCSV } from '/parking/lot-csv.js';
import { kinds, kindWord } from '/parking/model.js';
import { bodyOf, faultOf, formOf, newRule, weekdays } from '/parking/tariff.js';
import { t } from '/parking/owner-words.js';
import { TimeField } from '/parts/time-field.js';
import { quarter } from '/lib/zone.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { Icon } from '/parts/icons.js';
import { Name, Select, Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { toast } from '/parts/toast.js';

const toggled = (list, key) => (list.includes(key) ? list.filter((each) => each !== key) : [...list, key]);

function Checks({ legend, options, value, set }) {
    return html`
        <fieldset class="checks"><legend>${legend}</legend>${options.map(([key, word]) => html`
            <label class="check" key=${key}><input type="checkbox" checked=${value.includes(key)}
                onChange=${() => set(toggled(value, key))} />${word}</label>`)}</fieldset>`;
}

function Rule({ rule, index, change, remove, only, currency }) {
    const set = (name) => (value) => change({ ...rule, [name]: value });
    return html`
        <fieldset class="rule">
            <legend class="unseen">${t('rule.title', { number: index + 1, name: rule.name })}</legend>
            <${Text} label=${t('rule.name')} value=${rule.name} set=${set('name')} maxlength="40"
                autocomplete="off" />
            <${Select} label=${t('costs')} value=${rule.type} set=${set('type')}
                options=${[['per_started', t('costs.block')], ['flat', t('costs.once')],
                    ['free', t('costs.nothing')]]} />
            ${rule.type !== 'free' && html`<${Text} label=${t('rule.price', { currency })} value=${rule.price}
                set=${set('price')} inputmode="decimal" autocomplete="off" />`}
            ${rule.type === 'per_started' && html`<${Text} label=${t('rule.block')} value=${rule.minutes}
                set=${set('minutes')} inputmode="numeric" autocomplete="off" />`}
            <${Name} label=${t('from')} value=${rule.from} set=${set('from')}
                maxlength="5" /><${Name} label=${t('rule.to')}
                value=${rule.to} set=${set('to')} maxlength="5" />
            <${Checks} legend=${t('rule.days')} options=${Object.entries(weekdays)} value=${rule.weekdays}
                set=${set('weekdays')} />
            <${Checks} legend=${t('rule.kinds')}
                options=${Object.entries(kinds).map(([key, { word }]) => [key, word])} value=${rule.kinds}
                set=${set('kinds')} />
            ${!only && html`<p class="actions"><button type="button" class="button small"
                onClick=${remove}>${t('rule.remove')}<span class="unseen"> ${rule.name}</span></button></p>`}
        </fieldset>`;
}

/** What the newer tariff would have done to the sessions that were. */
function Comparison({ answer, currency }) {
    const { total, turnover } = answer;
    const sign = total.difference_minor > 0 ? '+' : '';
    const mean = (sum) => (total.sessions > 0 ? Math.round(sum / total.sessions) : null);
    return html`
        <div class="spot-card" role="status">
            <h3>${t('whatIf.on', { sessions: t('sessions', { count: total.sessions }), from: answer.from,
                to: answer.to })}</h3>
            <table class="bill">
                <caption class="unseen">${t('whatIf.table')}</caption>
                <thead><tr><th scope="col">${t('sum')}</th><th scope="col" data-align="end">${t('whatIf.was')}</th><th
                    scope="col" data-align="end">${t('whatIf.then')}</th></tr></thead>
                <tbody>
                    <tr><th scope="row">${t('revenue')}</th><td
                        data-align="end">${amount(total.actual_minor, currency)}</td><td
                        data-align="end">${amount(total.draft_minor, currency)}</td></tr>
                    <tr><th scope="row">${t('whatIf.mean')}</th><td
                        data-align="end">${amount(mean(total.actual_minor), currency)}</td><td
                        data-align="end">${amount(mean(total.draft_minor), currency)}</td></tr>
                    ${Number.isFinite(turnover?.actual) && html`
                    <tr><th scope="row">${turnover.days
                        ? t('turnover.days', { days: t('days.whole', { count: turnover.days }) })
                        : t('turnover.title')}</th><td data-align="end">${number(turnover.actual, 2)}</td><td
                        data-align="end">${number(turnover.draft, 2)}</td></tr>`}
                </tbody>
                <tfoot><tr><th scope="row" colspan="2">${t('difference')}</th><td data-align="end"
                    class="delta">${sign}${amount(total.difference_minor, currency)}</td></tr></tfoot>
            </table>
            <p class="hint">${t('whatIf.says',
                { dearer: number(total.dearer, 0), cheaper: number(total.cheaper, 0),
                same: number(total.same, 0) })}</p>
        </div>`;
}

function Editor({ lot, newest, currency, zone, done }) {
    const [form, set] = useState(() => formOf(newest, currency));
    const [from, setFrom] = useState(() => quarter(now()) + 3_600_000);
    const [compared, compare] = useState(null);
    const [shown, show] = useState(false);
    const trial = useAction();
    const saving = useAction();
    const fault = faultOf(form, currency);
    const change = (changes) => { set({ ...form, ...changes }); compare(null); };
    const attempt = async () => { show(true); if (fault) return;
        const answer = await trial.run(() => parking.whatIf(lot.lot_id, { tariff: bodyOf(form, currency) }));
        if (answer) compare(answer); };
    const save = async (event) => {
        event.preventDefault();
        show(true);
        if (fault) return;
        if (await saving.run(() => parking.addTariff(lot.lot_id,
            { tariff: bodyOf(form, currency), valid_from: new Date(from).toISOString() })) === undefined) return;
        toast({ text: t('tariff.saved', { from: dayAndMinuteIn(from, zone) }) });
        done();
    };
    return html`
        <form class="card" onSubmit=${save} novalidate aria-labelledby="tariff-name">
            <h2 id="tariff-name">${newest ? t('tariff.new') : t('tariff.first')}</h2>
            <div class="stack">
                <p class="hint">${t('tariff.rules.hint', { zone })}</p>
                <div class="two-fields">
                    <${Text} label=${t('tariff.free')} value=${form.freeMinutes}
                        set=${(value) => change({ freeMinutes: value })} inputmode="numeric" autocomplete="off" />
                    <${Select} label=${t('tariff.free.who')} value=${form.freeAlways ? 'all' : 'short'}
                        set=${(value) => change({ freeAlways: value === 'all' })}
                        options=${[['all', t('everybody')], ['short', t('tariff.free.leaving')]]} />
                    <${Text} label=${t('tariff.most.label', { currency })} value=${form.cap}
                        set=${(value) => change({ cap: value })} inputmode="decimal" autocomplete="off" />
                </div>
                <div>${form.rules.map((rule, index) => html`
                    <${Rule} key=${index} rule=${rule} index=${index} currency=${currency}
                        only=${form.rules.length === 1}
                        change=${(next) =>
                            change({ rules: form.rules.map((each, at) => (at === index ? next : each)) })}
                        remove=${() => change({ rules: form.rules.filter((_, at) => at !== index) })} />`)}</div>
                <p class="actions"><button type="button" class="button" disabled=${form.rules.length >= 24}
                    onClick=${() => change({ rules: [...form.rules, newRule(t('night'))] })}>
                    <${Icon} name="plus" />${t('rule.add')}</button></p>
                <${TimeField} label=${t('tariff.from')} zone=${zone} step="900" value=${from} set=${setFrom} />
                ${shown && fault && html`<p class="field-error" role="alert">${fault}</p>`}
                ${(trial.error || saving.error) && html`<${Problem} error=${saving.error ?? trial.error} small
                    level="h3" />`}
                ${compared && html`<${Comparison} answer=${compared} currency=${currency} />`}
                <p class="actions">
                    <button type="button" class=${compared ? 'button' : 'button primary'} aria-busy=${trial.busy}
                        onClick=${attempt}>${t('whatIf.act')}</button>
                    <button type="submit" class=${compared ? 'button primary' : 'button'} aria-busy=${saving.busy}
                        disabled=${!compared}>${t('tariff.save')}</button>
                    ${!compared && html`<span class="hint">${t('whatIf.first')}</span>`}
                </p>
            </div>
        </form>`;
}

const blockWords = (minutes) => ({ 1: 'minute', 60: 'hour' })[minutes] ?? `${minutes} min`;

function priceWords(rule, currency) {
    if (rule.price === 'free') return 'free';
    const sum = amount(rule.minor, currency);
    return rule.price === 'flat' ? t('once', { sum }) : t('rule.perBlock', { sum, minutes: blockWords(rule.minutes) });
}

function Version({ tariff, currency, zone, holds }) {
    const form = formOf(tariff, currency);
    // A tariff keeps the clock that the lot had when it was added.
    const clock = tariff.time_zone && tariff.time_zone !== zone ? tariff.time_zone : null;
    return html`
        <section class="card" aria-label=${`Tariff ${tariff.version}`}>
            <div class="card-head"><h3>${t('tariff.since',
                { instant: dayAndMinuteIn(instant(tariff.valid_from), zone) })}</h3>${holds && html`<${Badge}
                tone="good" word=${t('tariff.now')} />`}
                ${instant(tariff.valid_from) > now() && html`<${Badge} tone="busy" word=${t('tariff.ahead')} />`}</div>
            <dl class="facts">
                ${form.rules.map((rule, index) => html`
                    <div key=${index}><dt>${rule.name}</dt><dd>${priceWords(tariff.rules[index],
                        currency)}, ${rule.from}–${rule.to}${
                        rule.weekdays.length > 0
                            ? `, ${rule.weekdays.map((day) => weekdays[day]).join(' ')}` : ''}${rule.kinds.length > 0
                            ? `, ${rule.kinds.map(kindWord).join(' ')}` : ''}</dd></div>`)}
                ${Number(form.freeMinutes) > 0
                    && html`<div><dt>${t('free')}</dt>
                        <dd>${t(form.freeAlways ? 'tariff.freeFor' : 'tariff.freeForThose',
                    { count: Number(form.freeMinutes) })}</dd></div>`}
                ${clock && html`<div><dt>${t('tariff.span')}</dt><dd>${clock}</dd></div>`}
                ${form.cap !== ''
                    && html`<div><dt>${t('tariff.most')}</dt><dd>${amount(tariff.daily_cap_minor,
                    currency)}</dd></div>`}
            </dl>
        </section>`;
}

export function TariffsTab({ lot, may }) {
    const zone = lot.time_zone ?? 'UTC';
    const currency = lot.currency ?? 'EUR';
    const { data, error, reload } = useLoad(`tariffs ${lot.lot_id}`, (options) => parking.tariffs(lot.lot_id, options));
    const [round, next] = useState(0);
    if (!data) return error ? html`<${Problem} error=${error} title=${t('tariffs.unread')}
        retry=${reload} />` : html`<${Skeleton} shape="block" label=${t('loading')} />`;
    const versions = data.versions.map((each) => ({ ...each, ...each.tariff })).sort((a, b) =>
        instant(b.valid_from) - instant(a.valid_from));
    const holding = versions.find((each) => instant(each.valid_from) <= now());
    return html`
        <div class="owner-grid">
            ${may('parking.tariffs') && html`<${Editor} key=${round} lot=${lot} newest=${versions[0] ?? null}
                currency=${currency} zone=${zone} done=${() => { reload(); next(round + 1); }} />`}
            <div class="owner-stack">
                ${versions.length > 0 && html`<p class="actions"><${LotCSV} lot=${lot} name="tariffs" /></p>`}
                ${versions.length === 0 ? html`<${Empty} icon="coins" small
                    title=${t('tariffs.none')}><p>${t('tariffs.none.says')}</p><//>`
                    : versions.map((each) => html`<${Version} key=${each.version} tariff=${each} currency=${currency}
                        zone=${zone} holds=${each === holding} />`)}
            </div>
        </div>`;
}

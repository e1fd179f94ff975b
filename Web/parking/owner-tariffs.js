// What a stay costs from when on. A tariff is never changed, only followed by a newer one; before that it is tried on the
// sessions that were.

import { html, useState } from '/lib/html.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { number, plural } from '/lib/format.js';
import { instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { CSV } from '/parking/csv.js';
import { amount, kinds, kindWord } from '/parking/model.js';
import { bodyOf, faultOf, formOf, newRule, weekdays } from '/parking/tariff.js';
import { TimeField } from '/parking/time-field.js';
import { dayAndClock, quarter } from '/parking/zone.js';
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
            <label class="check" key=${key}><input type="checkbox" checked=${value.includes(key)} onChange=${() => set(toggled(value, key))} />${word}</label>`)}</fieldset>`;
}

function Rule({ rule, index, change, remove, only, currency }) {
    const set = (name) => (value) => change({ ...rule, [name]: value });
    return html`
        <fieldset class="rule">
            <legend class="unseen">Rule ${index + 1}: ${rule.name}</legend>
            <${Text} label="Name on the bill" value=${rule.name} set=${set('name')} maxlength="40" autocomplete="off" />
            <${Select} label="Costs" value=${rule.type} set=${set('type')} options=${[['per_started', 'per started block'], ['flat', 'once'], ['free', 'nothing']]} />
            ${rule.type !== 'free' && html`<${Text} label=${`Price in ${currency}`} value=${rule.price} set=${set('price')} inputmode="decimal" autocomplete="off" />`}
            ${rule.type === 'per_started' && html`<${Text} label="Minutes in a block" value=${rule.minutes} set=${set('minutes')} inputmode="numeric" autocomplete="off" />`}
            <${Name} label="From" value=${rule.from} set=${set('from')} maxlength="5" /><${Name} label="To" value=${rule.to} set=${set('to')} maxlength="5" />
            <${Checks} legend="On these days; none: on all" options=${Object.entries(weekdays)} value=${rule.weekdays} set=${set('weekdays')} />
            <${Checks} legend="For these kinds of spots; none: for all" options=${Object.entries(kinds).map(([key, { word }]) => [key, word])} value=${rule.kinds} set=${set('kinds')} />
            ${!only && html`<p class="actions"><button type="button" class="button small" onClick=${remove}>Remove the rule<span class="unseen"> ${rule.name}</span></button></p>`}
        </fieldset>`;
}

/** What the newer tariff would have done to the sessions that were. */
function Comparison({ answer, currency }) {
    const { total, turnover } = answer;
    const sign = total.difference_minor > 0 ? '+' : '';
    const mean = (sum) => (total.sessions > 0 ? Math.round(sum / total.sessions) : null);
    return html`
        <div class="spot-card" role="status">
            <h3>On ${plural(total.sessions, 'session')}, ${answer.from} to ${answer.to}</h3>
            <table class="bill">
                <caption class="unseen">Revenue as it was and as it would have been</caption>
                <thead><tr><th scope="col">Sum</th><th scope="col" data-align="end">As it was</th><th scope="col" data-align="end">With this</th></tr></thead>
                <tbody>
                    <tr><th scope="row">Revenue</th><td data-align="end">${amount(total.actual_minor, currency)}</td><td data-align="end">${amount(total.draft_minor, currency)}</td></tr>
                    <tr><th scope="row">A session on average</th><td data-align="end">${amount(mean(total.actual_minor), currency)}</td><td data-align="end">${amount(mean(total.draft_minor), currency)}</td></tr>
                    ${Number.isFinite(turnover?.actual) && html`
                    <tr><th scope="row">Turnover, cars a spot and day${turnover.days ? ` (${plural(turnover.days, 'whole day')})` : ''}</th><td data-align="end">${number(turnover.actual, 2)}</td><td data-align="end">${number(turnover.draft, 2)}</td></tr>`}
                </tbody>
                <tfoot><tr><th scope="row" colspan="2">Difference</th><td data-align="end" class="delta">${sign}${amount(total.difference_minor, currency)}</td></tr></tfoot>
            </table>
            <p class="hint">Dearer for ${number(total.dearer, 0)}, cheaper for ${number(total.cheaper, 0)}, the same for ${number(total.same, 0)}. The turnover is the same in both: whether people would have come all the same, nobody knows.</p>
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
    const attempt = async () => { show(true); if (fault) return; const answer = await trial.run(() => parking.whatIf(lot.lot_id, { tariff: bodyOf(form, currency) })); if (answer) compare(answer); };
    const save = async (event) => {
        event.preventDefault();
        show(true);
        if (fault) return;
        if (await saving.run(() => parking.addTariff(lot.lot_id, { tariff: bodyOf(form, currency), valid_from: new Date(from).toISOString() })) === undefined) return;
        toast({ text: `The tariff holds from ${dayAndClock(from, zone)} on.` });
        done();
    };
    return html`
        <form class="card" onSubmit=${save} novalidate aria-labelledby="tariff-name">
            <h2 id="tariff-name">${newest ? 'A new tariff' : 'The first tariff'}</h2>
            <div class="stack">
                <p class="hint">The first rule that fits a moment counts. Times are those of the lot (${zone}); a rule from 20:00 to 08:00 goes over midnight.</p>
                <div class="two-fields">
                    <${Text} label="Free minutes" value=${form.freeMinutes} set=${(value) => change({ freeMinutes: value })} inputmode="numeric" autocomplete="off" />
                    <${Select} label="Who has them" value=${form.freeAlways ? 'all' : 'short'} set=${(value) => change({ freeAlways: value === 'all' })} options=${[['all', 'everybody'], ['short', 'who leaves within them']]} />
                    <${Text} label=${`Daily maximum in ${currency}`} value=${form.cap} set=${(value) => change({ cap: value })} inputmode="decimal" autocomplete="off" />
                </div>
                <div>${form.rules.map((rule, index) => html`
                    <${Rule} key=${index} rule=${rule} index=${index} currency=${currency} only=${form.rules.length === 1}
                        change=${(next) => change({ rules: form.rules.map((each, at) => (at === index ? next : each)) })}
                        remove=${() => change({ rules: form.rules.filter((_, at) => at !== index) })} />`)}</div>
                <p class="actions"><button type="button" class="button" disabled=${form.rules.length >= 24} onClick=${() => change({ rules: [...form.rules, newRule('Night')] })}><${Icon} name="plus" />Add a rule</button></p>
                <${TimeField} label="Holds from" zone=${zone} step="900" value=${from} set=${setFrom} />
                ${shown && fault && html`<p class="field-error" role="alert">${fault}</p>`}
                ${(trial.error || saving.error) && html`<${Problem} error=${saving.error ?? trial.error} small level="h3" />`}
                ${compared && html`<${Comparison} answer=${compared} currency=${currency} />`}
                <p class="actions">
                    <button type="button" class=${`button ${compared ? '' : 'primary'}`} aria-busy=${trial.busy} onClick=${attempt}>What if it had held?</button>
                    <button type="submit" class=${`button ${compared ? 'primary' : ''}`} aria-busy=${saving.busy} disabled=${!compared}>Save the tariff</button>
                    ${!compared && html`<span class="hint">Try it on the past first.</span>`}
                </p>
            </div>
        </form>`;
}

const blockWords = (minutes) => ({ 1: 'minute', 60: 'hour' })[minutes] ?? `${minutes} min`;

function priceWords(rule, currency) {
    if (rule.price === 'free') return 'free';
    const sum = amount(rule.minor, currency);
    return rule.price === 'flat' ? `${sum} once` : `${sum} per started ${blockWords(rule.minutes)}`;
}

function Version({ tariff, currency, zone, holds }) {
    const form = formOf(tariff, currency);
    // A tariff keeps the clock that the lot had when it was added.
    const clock = tariff.time_zone && tariff.time_zone !== zone ? tariff.time_zone : null;
    return html`
        <section class="card" aria-label=${`Tariff ${tariff.version}`}>
            <div class="card-head"><h3>From ${dayAndClock(instant(tariff.valid_from), zone)}</h3>${holds && html`<${Badge} tone="good" word="Holds now" />`}
                ${instant(tariff.valid_from) > now() && html`<${Badge} tone="busy" word="To come" />`}</div>
            <dl class="facts">
                ${form.rules.map((rule, index) => html`
                    <div key=${index}><dt>${rule.name}</dt><dd>${priceWords(tariff.rules[index], currency)}, ${rule.from}–${rule.to}${
                        rule.weekdays.length > 0 ? `, ${rule.weekdays.map((day) => weekdays[day]).join(' ')}` : ''}${rule.kinds.length > 0 ? `, ${rule.kinds.map(kindWord).join(' ')}` : ''}</dd></div>`)}
                ${Number(form.freeMinutes) > 0 && html`<div><dt>Free</dt><dd>${form.freeMinutes} min${form.freeAlways ? '' : ' for who leaves within them'}</dd></div>`}
                ${clock && html`<div><dt>Times of</dt><dd>${clock}</dd></div>`}
                ${form.cap !== '' && html`<div><dt>Daily maximum</dt><dd>${amount(tariff.daily_cap_minor, currency)}</dd></div>`}
            </dl>
        </section>`;
}

export function TariffsTab({ lot, may }) {
    const zone = lot.time_zone ?? 'UTC';
    const currency = lot.currency ?? 'EUR';
    const { data, error, reload } = useLoad(`tariffs ${lot.lot_id}`, (options) => parking.tariffs(lot.lot_id, options));
    const [round, next] = useState(0);
    if (!data) return error ? html`<${Problem} error=${error} title="The tariffs could not be read" retry=${reload} />` : html`<${Skeleton} shape="block" label="Loading" />`;
    const versions = data.versions.map((each) => ({ ...each, ...each.tariff })).sort((a, b) => instant(b.valid_from) - instant(a.valid_from));
    const holding = versions.find((each) => instant(each.valid_from) <= now());
    return html`
        <div class="owner-grid">
            ${may('parking.tariffs') && html`<${Editor} key=${round} lot=${lot} newest=${versions[0] ?? null} currency=${currency} zone=${zone} done=${() => { reload(); next(round + 1); }} />`}
            <div class="owner-stack">
                ${versions.length > 0 && html`<p class="actions"><${CSV} lot=${lot} name="tariffs" /></p>`}
                ${versions.length === 0 ? html`<${Empty} icon="coins" small title="No tariff yet"><p>Without one, parking is free of charge.</p><//>`
                    : versions.map((each) => html`<${Version} key=${each.version} tariff=${each} currency=${currency} zone=${zone} holds=${each === holding} />`)}
            </div>
        </div>`;
}

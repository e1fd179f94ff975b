// What a stay costs, line by line, by the tariff that holds.

import { html, useState } from '/lib/html.js';
import { amount, dayAndMinuteIn, minuteIn } from '/lib/format.js';
import { useLoad } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { kindWord } from '/parking/model.js';
import { t } from '/parking/words.js';
import { TimeField } from '/parts/time-field.js';
import { dayOf, isElsewhere, quarter } from '/lib/zone.js';
import { Select } from '/parts/input.js';
import { Problem } from '/parts/problem.js';

/** Two times by the clock of the lot. */
export function Times({ zone, from, to, setFrom, setTo, words = [t('arrive'), t('leave')], error = null }) {
    return html`
        <div class="times">
            <${TimeField} label=${words[0]} zone=${zone} step="900" value=${from}
                set=${(at) => { setTo(Math.max(to - from, 900_000) + at); setFrom(at); }} />
            <${TimeField} label=${words[1]} zone=${zone} step="900" value=${to} set=${setTo} error=${error} />
        </div>
        ${isElsewhere(zone, from) && html`<p class="hint">${t('times.zone', { zone })}</p>`}`;
}

/** The lines of a bill. */
export function Bill({ lines, total, currency, zone, label = t('price.lines') }) {
    const oneDay = lines.length > 0 && dayOf(instant(lines[0].from),
        zone) === dayOf(instant(lines[lines.length - 1].to), zone);
    const say = oneDay ? minuteIn : dayAndMinuteIn;
    return html`
        <table class="bill">
            <caption class="unseen">${label}</caption>
            <thead class="unseen"><tr><th scope="col">${t('price.what')}</th><th scope="col">${t('when')}</th><th
                scope="col">${t('amount')}</th></tr></thead>
            <tbody>${lines.map((line, index) => html`
                <tr key=${index}>
                    <th scope="row">${line.name}</th>
                    <td>${say(instant(line.from), zone)} – ${say(instant(line.to), zone)}</td>
                    <td data-align="end">${amount(line.amount_minor, currency)}</td>
                </tr>`)}</tbody>
            <tfoot><tr><th scope="row" colspan="2">${t('together')}</th><td
                data-align="end">${amount(total, currency)}</td></tr></tfoot>
        </table>`;
}

export function PriceCard({ lot, kinds }) {
    const zone = lot.time_zone ?? 'UTC';
    const [from, setFrom] = useState(() => quarter(now()));
    const [to, setTo] = useState(() => quarter(now()) + 2 * 3_600_000);
    const [kind, setKind] = useState(() => (kinds.includes('standard') ? 'standard' : kinds[0] ?? 'standard'));
    const wrong = to <= from ? t('price.order') : null;
    const { data, error, loading } = useLoad(`price ${lot.lot_id} ${from} ${to} ${kind}`,
        (options) => (wrong ? Promise.resolve(null)
        : parking.price(lot.lot_id, { from: new Date(from).toISOString(), to: new Date(to).toISOString(), kind },
            options)));
    const total = data?.total_minor;
    return html`
        <section class="card" aria-labelledby="price-name">
            <div class="card-head"><h2 id="price-name">${t('price')}</h2>
                <p class="price-total" role="status"
                    data-loading=${loading}>${data && !wrong ? amount(total, data.currency) : ''}</p></div>
            <${Times} zone=${zone} from=${from} to=${to} setFrom=${setFrom} setTo=${setTo} error=${wrong} />
            ${kinds.length > 1 && html`<${Select} label=${t('spot')} value=${kind} set=${setKind}
                options=${kinds.map((each) => [each, kindWord(each)])} />`}
            <div class="price-lines">
                ${error ? html`<${Problem} error=${error} small level="h3" />`
                    : data && !wrong && (data.tariff_version === null ? html`<p
                        class="hint">${t('price.none')}</p>` : html`<${Bill} lines=${data.lines ?? []}
                        total=${total} currency=${data.currency} zone=${zone} />`)}
            </div>
        </section>`;
}

// What all lots earned, lot by lot. Each lot's days are those of its own clock, and currencies are not added up.

import { html, useState } from '/lib/html.js';
import { useEvery, useLoad } from '/lib/hooks.js';
import { amount, byText, dayWords, number } from '/lib/format.js';
import { now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { t } from '/parking/owner-words.js';
import { CSV } from '/parts/csv.js';
import { dayOf } from '/lib/zone.js';
import { OnPaper } from '/parts/print.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { LinkChoice } from '/parts/tabs.js';

const days = [
    ['today', t('today'), 1], [null, t('days', { count: 7 }), 7], ['30d', t('days', { count: 30 }), 30],
        ['90d', t('days', { count: 90 }), 90],
];
/** Seconds after which it is asked again: all lots at every payment would be too much. */
const anew = 60;

const columns = [
    { key: 'name', label: t('lot'), head: true,
        cell: (row) => html`<a href=${`/parking/owner/${encodeURIComponent(row.lot_id)}?tab=money`}>${row.name}</a>` },
    { key: 'revenue', label: t('revenue'), align: 'end', cell: (row) => amount(row.revenue_minor, row.currency) },
    { key: 'sessions', label: t('sessions.title'), align: 'end', cell: (row) => number(row.sessions, 0) },
    { key: 'cash', label: t('received'), align: 'end', cell: (row) => amount(row.cash_minor, row.currency) },
];

export function RevenueByLot({ query }) {
    const [key, , count] = days.find(([each]) => each === query.get('days')) ?? days[1];
    const [ends] = useState(() => now());
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const [from, to] = [dayOf(ends, zone, 1 - count), dayOf(ends, zone)];
    const { data, error, reload } = useLoad(`revenue/${from}`,
        (options) => parking.allRevenue({ from, by: 'lot' }, options));
    useEvery(anew, reload);
    if (!data) return error ? html`<${Problem} error=${error} title=${t('revenue.unread')}
        retry=${reload} />` : html`<${Skeleton} shape="block" label=${t('loading')} />`;
    const rows = [...data.rows].sort((a, b) => byText(a.name, b.name));
    return html`
        <section aria-labelledby="revenue-of-all">
            <div class="section-head"><h2 id="revenue-of-all">${t('revenue.byLot')}</h2>
                <div class="owner-foot"><${CSV} file="revenue"
                    read=${() => parking.allRevenueTable({ from, by: 'lot' })} of=${t('revenue.byLot.table')} />
                    <${CSV} file="revenue-by-day" word=${t('revenue.days')}
                        read=${() => parking.allRevenueTable({ from, by: 'day' })}
                        of=${t('revenue.byDay.table')} /></div></div>
            <div class="toolbar"><${LinkChoice} label=${t('time')} name="days" value=${key}
                options=${days.map(([each, word]) => [each, word])} /></div>
            <${OnPaper}>${t('days.clocks', {
                days: from === to ? dayWords(from) : t('days.range',
                    { first: dayWords(from), last: dayWords(to) }) })}<//>
            <${Table} caption=${t('revenue.byLot')} columns=${columns} rows=${rows} rowKey=${(row) => row.lot_id} />
            <p class="hint"
                role="status">${data.totals.map((total) =>
                `${amount(total.revenue_minor, total.currency)} earned, ${amount(total.cash_minor,
                total.currency)} received`).join('; ')}</p>
        </section>`;
}

// What all lots earned, lot by lot. Each lot's days are those of its own clock, and currencies are not added up.

import { html, useEffect, useState } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { number } from '/lib/format.js';
import { now, onTick } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { CSV } from '/parking/csv.js';
import { amount } from '/parking/model.js';
import { dayOf, dayWords } from '/parking/zone.js';
import { OnPaper } from '/parts/print.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { LinkChoice } from '/parts/tabs.js';

const days = [['today', 'Today', 1], [null, '7 days', 7], ['30d', '30 days', 30], ['90d', '90 days', 90]];
/** Seconds after which it is asked again: all lots at every payment would be too much. */
const anew = 60;

const columns = [
    { key: 'name', label: 'Lot', head: true, cell: (row) => html`<a href=${`/parking/owner/${encodeURIComponent(row.lot_id)}?tab=money`}>${row.name}</a>` },
    { key: 'revenue', label: 'Revenue', align: 'end', cell: (row) => amount(row.revenue_minor, row.currency) },
    { key: 'sessions', label: 'Sessions', align: 'end', cell: (row) => number(row.sessions, 0) },
    { key: 'cash', label: 'Received', align: 'end', cell: (row) => amount(row.cash_minor, row.currency) },
];

export function RevenueByLot({ query }) {
    const [key, , count] = days.find(([each]) => each === query.get('days')) ?? days[1];
    const [ends] = useState(() => now());
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const [from, to] = [dayOf(ends, zone, 1 - count), dayOf(ends, zone)];
    const { data, error, reload } = useLoad(`revenue of all ${from}`, (options) => parking.allRevenue({ from, by: 'lot' }, options));
    useEffect(() => { let n = 0; return onTick(() => { n += 1; if (n % anew === 0) reload(); }); }, [reload]);
    if (!data) return error ? html`<${Problem} error=${error} title="The revenue could not be read" retry=${reload} />` : html`<${Skeleton} shape="block" label="Loading" />`;
    const rows = [...data.rows].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    return html`
        <section aria-labelledby="revenue-of-all">
            <div class="section-head"><h2 id="revenue-of-all">Revenue by lot</h2>
                <div class="owner-foot"><${CSV} name="revenue" read=${() => parking.allRevenueTable({ from, by: 'lot' })} of="revenue by lot" />
                    <${CSV} name="revenue-by-day" word="By day" read=${() => parking.allRevenueTable({ from, by: 'day' })} of="revenue by day" /></div></div>
            <div class="toolbar"><${LinkChoice} label="Time" name="days" value=${key} options=${days.map(([each, word]) => [each, word])} /></div>
            <${OnPaper}>${from === to ? dayWords(from) : `${dayWords(from)} to ${dayWords(to)}`}, each lot by its own clock.<//>
            <${Table} caption="Revenue by lot" columns=${columns} rows=${rows} rowKey=${(row) => row.lot_id} />
            <p class="hint" role="status">${data.totals.map((total) => `${amount(total.revenue_minor, total.currency)} earned, ${amount(total.cash_minor, total.currency)} received`).join('; ')}</p>
        </section>`;
}

import { html, useState } from '/lib/html.js';
import { instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { CSV } from '/parking/csv.js';
import { usePages } from '/parking/pages.js';
import { bookingWords } from '/parking/reserve.js';
import { clock, dayAndClock } from '/parking/zone.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Empty } from '/parts/empty.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { toast } from '/parts/toast.js';

/** Who reserved what. */
export function BookingsTab({ lot, may }) {
    const zone = lot.time_zone ?? 'UTC';
    const [begins] = useState(() => new Date(now() - 86_400_000).toISOString());
    const { data, error, loading, reload, more } = usePages(`bookings ${lot.lot_id}`, 'reservations',
        (page, options) => parking.reservations(lot.lot_id, { from: begins, ...page }, options));
    const [ending, end] = useState(null);
    if (!data) return error ? html`<${Problem} error=${error} title="The reservations could not be read" retry=${reload} />` : html`<${Skeleton} shape="block" label="Loading" />`;
    const { rows } = data;
    const columns = [
        { key: 'spot', label: 'Spot', head: true, cell: (row) => row.spot_id },
        { key: 'state', label: 'State', cell: (row) => { const [word, tone] = bookingWords[row.state] ?? [row.state, 'unknown']; return html`<${Badge} tone=${tone} word=${row.state === 'active' ? 'Reserved' : word} quiet />`; } },
        { key: 'time', label: 'Time', phone: 'more', cell: (row) => `${dayAndClock(instant(row.from), zone)} – ${clock(instant(row.to), zone)}` },
        { key: 'who', label: 'For', phone: 'more', cell: (row) => row.name ?? row.account ?? 'somebody' },
        ...(may('parking.manage') ? [{ key: 'act', label: html`<span class="unseen">Cancel</span>`, align: 'end', cell: (row) => row.state === 'active' && html`
            <button type="button" class="button small" onClick=${() => end(row)}>Cancel<span class="unseen"> ${row.spot_id}</span></button>` }] : []),
    ];
    return html`
        <div class="section-head"><h2>From yesterday on</h2>${rows.length > 0 && html`<${CSV} lot=${lot} name="reservations" query=${{ from: begins }} of="the reservations" />`}</div>
        ${rows.length === 0 ? html`<${Empty} icon="calendar" small title="Nothing is reserved"><p>Drivers reserve on their page.</p><//>`
            : html`<${Table} caption="Reservations" columns=${columns} rows=${rows} rowKey=${(row) => row.reservation_id} />
                ${more && html`<p class="more"><button type="button" class="button" aria-busy=${loading} onClick=${more}>More reservations</button></p>`}`}
        ${ending && html`
            <${Confirm} title="Cancel this reservation?" action="Cancel it" close=${() => end(null)}
                act=${async () => { await parking.giveUp(ending.reservation_id); reload(); toast({ text: 'The reservation is cancelled.' }); }}>
                <p>${ending.spot_id} for ${ending.name ?? ending.account ?? 'somebody'}, ${dayAndClock(instant(ending.from), zone)}.</p>
            <//>`}`;
}

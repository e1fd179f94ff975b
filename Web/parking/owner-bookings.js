import { html, useState } from '/lib/html.js';
import { dayAndMinuteIn, minuteIn } from '/lib/format.js';
import { instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { LotCSV } from '/parking/lot-csv.js';
import { usePages } from '/lib/pages.js';
import { bookingWords } from '/parking/reserve.js';
import { t } from '/parking/owner-words.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Empty } from '/parts/empty.js';
import { More } from '/parts/more.js';
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
    if (!data) return error ? html`<${Problem} error=${error} title=${t('bookings.unread')}
        retry=${reload} />` : html`<${Skeleton} shape="block" label=${t('loading')} />`;
    const { rows } = data;
    const columns = [
        { key: 'spot', label: t('spot'), head: true, cell: (row) => row.spot_id },
        { key: 'state', label: t('state'),
            cell: (row) => { const [word, tone] = bookingWords[row.state] ?? [row.state, 'unknown'];
            return html`<${Badge} tone=${tone} word=${row.state === 'active' ? t('reserved') : word} quiet />`; } },
        { key: 'time', label: t('time'), phone: 'more',
            cell: (row) => `${dayAndMinuteIn(instant(row.from), zone)} – ${minuteIn(instant(row.to), zone)}` },
        { key: 'who', label: t('bookings.for'), phone: 'more',
            cell: (row) => row.name ?? row.account ?? t('somebody') },
        ...(may('parking.manage')
            ? [{ key: 'act', label: html`<span class="unseen">${t('cancel')}</span>`, align: 'end',
            cell: (row) => row.state === 'active' && html`
            <button type="button" class="button small" onClick=${() => end(row)}>${t('cancel')}<span
                class="unseen"> ${row.spot_id}</span></button>` }] : []),
    ];
    return html`
        <div class="section-head"><h2>${t('bookings.range')}</h2>${rows.length > 0 && html`<${LotCSV} lot=${lot}
            name="reservations" query=${{ from: begins }} of=${t('bookings.table')} />`}</div>
        ${rows.length === 0 ? html`<${Empty} icon="calendar" small
            title=${t('bookings.none')}><p>${t('bookings.none.says')}</p><//>`
            : html`<${Table} caption=${t('bookings.title')} columns=${columns} rows=${rows}
                rowKey=${(row) => row.reservation_id} />
                <${More} more=${more} loading=${loading} word=${t('bookings.more')} />`}
        ${ending && html`
            <${Confirm} title=${t('bookings.cancel.title')} action=${t('bookings.cancel')} close=${() => end(null)}
                act=${async () => { await parking.giveUp(ending.reservation_id); reload();
                    toast({ text: t('bookings.cancelled') }); }}>
                <p>${t('bookings.cancel.says', { spot: ending.spot_id,
                    who: ending.name ?? ending.account ?? t('somebody'),
                    time: dayAndMinuteIn(instant(ending.from), zone) })}</p>
            <//>`}`;
}

// Payments of which nobody knows yet what they were for: an app that named a spot where nobody stood, a wrong sign at
// a machine.

import { html, useState } from '/lib/html.js';
import { amount, dayAndMinuteIn } from '/lib/format.js';
import { useLoad } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { LotCSV } from '/parking/lot-csv.js';
import { usePages } from '/lib/pages.js';
import { useMoney } from '/parking/store.js';
import { t } from '/parking/owner-words.js';
import { Confirm } from '/parts/confirm.js';
import { Select } from '/parts/input.js';
import { More } from '/parts/more.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { toast } from '/parts/toast.js';

const most = 500;

/**
 * Chooses the session that a payment is for: those that owe and those whose car is there, the payment's own spot
 * first.
 */
function Allocate({ lot, payment, zone, currency, close, done }) {
    const { data, error } = useLoad(`payable ${lot.lot_id}`, async (options) => {
        const found = [];
        for (const state of ['unpaid', 'open']) found.push(...(await parking.sessions(lot.lot_id,
            { state, limit: most }, options)).sessions);
        return found;
    });
    const [chosen, choose] = useState('');
    const sessions = [...(data ?? [])].sort((a, b) => (b.spot_id === payment.spot_id) - (a.spot_id === payment.spot_id)
        || instant(b.arrived_at) - instant(a.arrived_at));
    const word = (session) => t(session.state === 'open' ? 'session.here' : 'session.owes', {
        spot: session.spot_id, time: dayAndMinuteIn(instant(session.arrived_at), zone),
            amount: amount(session.balance_minor, currency),
    });
    return html`
        <${Confirm} title=${t('allocate.title', { payment_id: payment.payment_id })}
            action=${t('allocate')} danger=${false}
            close=${close}
            act=${async () => {
                if (!chosen) return false;
                await parking.allocate(payment.payment_id, chosen);
                done();
                return true;
            }}>
            <p>${amount(payment.amount_minor, payment.currency ?? currency)}, ${dayAndMinuteIn(instant(payment.paid_at),
                zone)}${payment.spot_id ? `, spot ${payment.spot_id}` : ''}.</p>
            ${error ? html`<${Problem} error=${error} small level="h3" />` : !data ? html`<${Skeleton} shape="bar"
                label=${t('loading')} />`
                : sessions.length === 0 ? html`<p class="hint">${t('unallocated.noSession')}</p>`
                : html`<${Select} label=${t('session')} value=${chosen} set=${choose}
                    options=${[['', t('allocate.choose')],
                    ...sessions.map((session) => [session.session_id, word(session)])]} />`}
        <//>`;
}

/** Nothing is shown while there is none. */
export function Unallocated({ lot, zone, currency, may }) {
    const { data, error, loading, reload, more } = usePages(`unallocated ${lot.lot_id}`, 'payments',
        (page, options) => parking.payments(lot.lot_id, { state: 'unallocated', ...page }, options));
    useMoney(lot, reload);
    const [open, set] = useState(null);
    if (!data) return error ? html`<${Problem} error=${error} title=${t('unallocated.unread')}
        retry=${reload} />` : null;
    // What was given back whole is for nothing any more, and a refund is for its payment.
    const rows = data.rows.filter((row) => !row.refunds && (row.refunded_minor ?? 0) < row.amount_minor);
    if (rows.length === 0 && !more) return null;
    const columns = [
        { key: 'payment', label: t('payment'), head: true, cell: (row) => row.payment_id },
        { key: 'amount', label: t('amount'), align: 'end',
            cell: (row) => amount(row.amount_minor - (row.refunded_minor ?? 0), row.currency ?? currency) },
        ...(may('parking.pay')
            ? [{ key: 'act', label: html`<span class="unseen">${t('allocate')}</span>`, align: 'end',
            cell: (row) => html`
            <button type="button" class="button small" onClick=${() => set(row)}>${t('allocate')}<span
                class="unseen"> ${row.payment_id}</span></button>` }] : []),
        { key: 'at', label: t('paid'), phone: 'more', cell: (row) => dayAndMinuteIn(instant(row.paid_at), zone) },
        { key: 'spot', label: t('spot'), phone: (row) => row.spot_id, cell: (row) => row.spot_id ?? '–' },
        { key: 'method', label: t('how'), phone: (row) => row.method, cell: (row) => row.method ?? '–' },
    ];
    return html`
        <section aria-labelledby="unallocated-name">
            <div class="section-head"><h2 id="unallocated-name">${t('unallocated')}</h2>
                <${LotCSV} lot=${lot} name="payments" query=${{ state: 'unallocated' }}
                    of=${t('unallocated.table')} /></div>
            <${Table} caption=${t('unallocated.title')} columns=${columns} rows=${rows}
                rowKey=${(row) => row.payment_id} />
            <${More} more=${more} loading=${loading} word=${t('unallocated.more')} />
            ${open && html`<${Allocate} lot=${lot} payment=${open} zone=${zone} currency=${currency}
                close=${() => set(null)}
                done=${() => { reload(); toast({ text: t('allocate.done') }); }} />`}
        </section>`;
}

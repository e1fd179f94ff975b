// What the lot earned, who stood there, and what was paid.

import { html, useState } from '/lib/html.js';
import { useAction, useLive, useLoad } from '/lib/hooks.js';
import { number, plural } from '/lib/format.js';
import { duration, instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { CSV } from '/parking/csv.js';
import { amount, kindWord, minorOf, typed } from '/parking/model.js';
import { percent } from '/parking/owner.js';
import { dayAndClock } from '/parking/zone.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Empty } from '/parts/empty.js';
import { Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { LinkChoice } from '/parts/tabs.js';
import { Tile } from '/parts/tile.js';
import { toast } from '/parts/toast.js';

const days = [[null, '7 days', 7], ['today', 'Today', 1], ['30d', '30 days', 30], ['90d', '90 days', 90]];
const sessionWords = { open: ['Here', 'busy'], paid: ['Paid', 'good'], unpaid: ['Unpaid', 'bad'], partly_paid: ['Partly paid', 'warn'], overpaid: ['Overpaid', 'warn'], free: ['Free of charge', 'good'], closed: ['Closed', 'good'] };

/** What is owed and paid of a session, in a word. */
export function stateOf(session) {
    if (sessionWords[session.state]) return session.state;
    if (!session.departed_at) return 'open';
    const [due, paid] = [session.due_minor ?? 0, session.paid_minor ?? 0];
    return due === 0 && paid === 0 ? 'free' : paid === 0 ? 'unpaid' : paid < due ? 'partly_paid' : paid > due ? 'overpaid' : 'paid';
}

function Pay({ session, currency, close, done }) {
    const owed = Math.max(0, (session.due_minor ?? 0) - (session.paid_minor ?? 0));
    const [text, set] = useState(typed(owed, currency));
    // Made once, so that a second attempt is the same payment.
    const [id] = useState(() => `desk-${crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`}`);
    const minor = minorOf(text, currency);
    return html`
        <${Confirm} title=${`Payment for ${session.spot_id}`} action="Record it" danger=${false} close=${close}
            act=${async () => {
                if (!minor) return false;
                await parking.pay({ payment_id: id, session_id: session.session_id, amount_minor: minor, currency, method: 'cash' });
                done();
                return true;
            }}>
            <${Text} label=${`Amount in ${currency}`} value=${text} set=${set} inputmode="decimal" autocomplete="off" error=${minor ? null : 'Give an amount, such as 2.50.'} />
        <//>`;
}

function Sessions({ lot, range, zone, currency, may }) {
    const { data, error, reload } = useLoad(`sessions ${lot.lot_id} ${range.key}`, (options) => parking.sessions(lot.lot_id, range.ask, options));
    const [paying, pay] = useState(null);
    useLive([`parking/${lot.lot_id}/money`], () => reload(), reload);
    if (!data) return error ? html`<${Problem} error=${error} title="The sessions could not be read" retry=${reload} />` : html`<${Skeleton} shape="block" />`;
    const rows = (data.sessions ?? data.rows ?? []).map((session) => ({ ...session, word: stateOf(session) }));
    const columns = [
        { key: 'spot', label: 'Spot', head: true, cell: (row) => row.spot_id },
        { key: 'state', label: 'State', cell: (row) => { const [word, tone] = sessionWords[row.word]; return html`<${Badge} tone=${tone} word=${word} quiet />`; } },
        { key: 'due', label: 'Due', align: 'end', cell: (row) => amount(row.due_minor, currency) },
        { key: 'paid', label: 'Paid', align: 'end', cell: (row) => amount(row.paid_minor, currency) },
        { key: 'arrived', label: 'Arrived', cell: (row) => dayAndClock(instant(row.arrived_at), zone) },
        { key: 'stay', label: 'Stay', align: 'end', cell: (row) => duration(((instant(row.departed_at) ?? now()) - instant(row.arrived_at)) / 1000) },
        ...(may('parking.pay') ? [{ key: 'act', label: html`<span class="unseen">Pay</span>`, align: 'end', cell: (row) => ['unpaid', 'partly_paid'].includes(row.word) && html`
            <button type="button" class="button small" onClick=${() => pay(row)}>Record payment<span class="unseen"> for ${row.spot_id}</span></button>` }] : []),
    ];
    return html`
        <section aria-labelledby="sessions-name">
            <div class="section-head"><h2 id="sessions-name">Sessions</h2><${CSV} lot=${lot} name="sessions" query=${range.ask} /></div>
            ${rows.length === 0 ? html`<${Empty} icon="ticket" small title="Nobody stood here in this time"><p>A session begins when a spot becomes occupied.</p><//>`
                : html`<${Table} caption="Sessions" columns=${columns} rows=${rows} rowKey=${(row) => row.session_id} />`}
            ${paying && html`<${Pay} session=${paying} currency=${currency} close=${() => pay(null)} done=${() => { reload(); toast({ text: 'The payment is recorded.' }); }} />`}
        </section>`;
}

function Payments({ lot, range, zone, currency, may }) {
    const { data, error, reload } = useLoad(`payments ${lot.lot_id} ${range.key}`, (options) => parking.payments(lot.lot_id, range.ask, options));
    const [refunding, refund] = useState(null);
    const [ids, setIDs] = useState(() => new Map());
    useLive([`parking/${lot.lot_id}/money`], () => reload(), reload);
    if (!data) return error ? html`<${Problem} error=${error} title="The payments could not be read" retry=${reload} />` : html`<${Skeleton} shape="block" />`;
    const rows = data.payments ?? data.rows ?? [];
    const returned = new Set(rows.filter((row) => row.refunds).map((row) => row.refunds));
    const ask = (row) => { if (!ids.has(row.payment_id)) setIDs(new Map(ids).set(row.payment_id, `refund-${crypto.randomUUID?.() ?? Date.now()}`)); refund(row); };
    const columns = [
        { key: 'payment', label: 'Payment', head: true, cell: (row) => row.payment_id },
        { key: 'amount', label: 'Amount', align: 'end', cell: (row) => html`${row.is_refund ? '\u2212' : ''}${amount(row.amount_minor, row.currency ?? currency)}` },
        ...(may('parking.tariffs') ? [{ key: 'act', label: html`<span class="unseen">Refund</span>`, align: 'end', cell: (row) => !row.is_refund && !returned.has(row.payment_id) && html`
            <button type="button" class="button small" onClick=${() => ask(row)}>Refund<span class="unseen"> ${row.payment_id}</span></button>` }] : []),
        { key: 'at', label: 'Paid', cell: (row) => dayAndClock(instant(row.paid_at), zone) },
        { key: 'spot', label: 'Spot', cell: (row) => row.spot_id ?? '–' },
        { key: 'method', label: 'How', cell: (row) => (row.is_refund ? `refund of ${row.refunds}` : row.method ?? '–') },
    ];
    return html`
        <section aria-labelledby="payments-name">
            <div class="section-head"><h2 id="payments-name">Payments</h2>
                <div class="owner-foot"><${CSV} lot=${lot} name="payments" query=${range.ask} /><${CSV} lot=${lot} name="ledger" query=${range.ask} word="Ledger" of="the ledger" /></div></div>
            ${rows.length === 0 ? html`<${Empty} icon="coins" small title="No payment in this time"><p>Payments come from apps and machines, or are recorded at a session.</p><//>`
                : html`<${Table} caption="Payments" columns=${columns} rows=${rows} rowKey=${(row) => row.payment_id} />`}
            ${refunding && html`
                <${Confirm} title="Give the money back?" action="Refund" close=${() => refund(null)}
                    act=${async () => { await parking.refund(refunding.payment_id, { payment_id: ids.get(refunding.payment_id) }); reload(); toast({ text: 'The refund is recorded.' }); }}>
                    <p>${amount(refunding.amount_minor, refunding.currency ?? currency)} of payment ${refunding.payment_id}.</p>
                <//>`}
        </section>`;
}

function Revenue({ lot, range, currency }) {
    const { data, error, reload } = useLoad(`revenue ${lot.lot_id} ${range.key}`, (options) => parking.revenue(lot.lot_id, range.ask, options));
    const report = useLoad(`report ${lot.lot_id} ${range.key}`, (options) => parking.report(lot.lot_id, range.ask, options)).data;
    if (!data) return error ? html`<${Problem} error=${error} title="The revenue could not be read" retry=${reload} />` : html`<${Skeleton} shape="block" />`;
    const rows = (data.days ?? data.rows ?? []).map((row, index) => ({ ...row, key: index }));
    const peaks = [...(report?.peak_hours ?? [])].sort((a, b) => b.occupancy_rate - a.occupancy_rate).slice(0, 2).map(({ hour }) => hour).sort((a, b) => a - b);
    const total = report?.revenue_minor ?? rows.reduce((sum, row) => sum + (row.revenue_minor ?? row.amount_minor ?? 0), 0);
    const columns = [
        { key: 'day', label: 'Day', head: true, cell: (row) => row.day ?? row.date },
        { key: 'kind', label: 'Kind of spot', cell: (row) => (row.kind ? kindWord(row.kind) : 'all') },
        { key: 'revenue', label: 'Revenue', align: 'end', cell: (row) => amount(row.revenue_minor ?? row.amount_minor, currency) },
        { key: 'sessions', label: 'Sessions', align: 'end', cell: (row) => number(row.sessions ?? 0, 0) },
    ];
    return html`
        <dl class="tiles">
            <${Tile} label="Revenue" value=${amount(total, currency)} note=${report?.sessions !== undefined ? plural(report.sessions, 'session') : null} />
            ${Number.isFinite(report?.unpaid_minor) && html`<${Tile} label="Unpaid" value=${amount(report.unpaid_minor, currency)} tone=${report.unpaid_minor > 0 ? 'warn' : null} />`}
            ${Number.isFinite(report?.occupancy_rate) && html`<${Tile} label="Occupied" value=${percent(report.occupancy_rate)} note="of the time" />`}
            ${Number.isFinite(report?.turnover) && html`<${Tile} label="Turnover" value=${number(report.turnover, 1)} note="cars a spot and day" />`}
            ${Number.isFinite(report?.mean_stay_seconds) && html`<${Tile} label="Mean stay" value=${duration(report.mean_stay_seconds)} />`}
            ${peaks.length > 0 && html`<${Tile} label="Peak hours" value=${peaks.map((hour) => `${hour}–${hour + 1}`).join(', ')} note="o'clock" />`}
        </dl>
        <section aria-labelledby="revenue-name">
            <div class="section-head"><h2 id="revenue-name">Revenue by day</h2><${CSV} lot=${lot} name="revenue" query=${range.ask} /></div>
            ${rows.length > 0 && html`<${Table} caption="Revenue by day and kind of spot" columns=${columns} rows=${rows} rowKey=${(row) => row.key} />`}
        </section>`;
}

export function MoneyTab({ lot, query, may }) {
    const zone = lot.time_zone ?? 'UTC';
    const [key, , count] = days.find(([each]) => each === query.get('days')) ?? days[0];
    const [ends] = useState(() => now());
    const range = { key: key ?? '7d', ask: { from: new Date(ends - count * 86_400_000).toISOString() } };
    const given = { lot, range, zone, currency: lot.currency ?? 'EUR', may };
    return html`
        <div class="toolbar"><${LinkChoice} label="Time" name="days" value=${key} options=${days.map(([each, word]) => [each, word])} /></div>
        <div class="owner-stack"><${Revenue} ...${given} /><${Sessions} ...${given} /><${Payments} ...${given} /></div>`;
}

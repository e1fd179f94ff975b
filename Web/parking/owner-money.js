// What the lot earned, who stood there, and what was paid.

import { html, useState } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { number, plural } from '/lib/format.js';
import { duration, instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { CSV } from '/parking/csv.js';
import { amount, kindWord, minorOf, typed } from '/parking/model.js';
import { percent } from '/parking/owner.js';
import { useMoney, usePages } from '/parking/pages.js';
import { Unallocated } from '/parking/owner-unallocated.js';
import { dayAndClock, dayOf, dayWords, fromInput } from '/parking/zone.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Empty } from '/parts/empty.js';
import { Text } from '/parts/input.js';
import { OnPaper } from '/parts/print.js';
import { Problem } from '/parts/problem.js';
import { Pick } from '/parts/search.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { LinkChoice } from '/parts/tabs.js';
import { Tile } from '/parts/tile.js';
import { toast } from '/parts/toast.js';

const days = [['today', 'Today', 1], [null, '7 days', 7], ['30d', '30 days', 30], ['90d', '90 days', 90]];
const sessionWords = { open: ['Here', 'busy'], paid: ['Paid', 'good'], unpaid: ['Unpaid', 'bad'], overpaid: ['Overpaid', 'warn'], waived: ['Written off', 'unknown'], free: ['Free of charge', 'good'] };

function Pay({ session, currency, close, done }) {
    const owed = Math.max(0, session.balance_minor ?? 0);
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

function Waive({ session, currency, close, done }) {
    const owed = session.balance_minor;
    const [text, set] = useState(typed(owed, currency));
    const [reason, say] = useState('');
    // Made once, so that a second attempt is the same waiver.
    const [id] = useState(() => `waive-${crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`}`);
    const minor = minorOf(text, currency);
    const fault = !minor || minor > owed ? `Give an amount, at most ${typed(owed, currency)}.` : null;
    return html`
        <${Confirm} title=${`Write off what is owed for ${session.spot_id}?`} action="Write it off" close=${close}
            act=${async () => {
                if (fault || !reason.trim()) return false;
                await parking.waive(session.session_id, { waiver_id: id, amount_minor: minor, reason: reason.trim() });
                done();
                return true;
            }}>
            <p>Nobody owes it any more, and it is not earned. It stands in the audit with your name.</p>
            <${Text} label=${`Amount in ${currency}`} value=${text} set=${set} inputmode="decimal" autocomplete="off" error=${fault} />
            <${Text} label="Why" value=${reason} set=${say} maxlength="120" autocomplete="off" />
        <//>`;
}

function Sessions({ lot, range, zone, currency, may, state }) {
    const wanted = { ...range.ask, state };
    const { data, error, loading, reload, more } = usePages(`sessions ${lot.lot_id} ${range.key} ${state ?? ''}`, 'sessions',
        (page, options) => parking.sessions(lot.lot_id, { ...wanted, ...page }, options));
    useMoney(lot, reload);
    const [paying, pay] = useState(null);
    const [waiving, waive] = useState(null);
    if (!data) return error ? html`<${Problem} error=${error} title="The sessions could not be read" retry=${reload} />` : html`<${Skeleton} shape="block" />`;
    const { rows } = data;
    const columns = [
        { key: 'spot', label: 'Spot', head: true, cell: (row) => row.spot_id },
        { key: 'state', label: 'State', phone: 'more', cell: (row) => { const [word, tone] = sessionWords[row.state] ?? [row.state, 'unknown']; return html`<${Badge} tone=${tone} word=${word} quiet />`; } },
        { key: 'due', label: 'Due', align: 'end', cell: (row) => amount(row.due_minor ?? row.due_so_far_minor, currency) },
        { key: 'balance', label: 'Still owed', phone: 'none', align: 'end', cell: (row) => amount(row.balance_minor, currency) },
        { key: 'arrived', label: 'Arrived', phone: 'more', cell: (row) => dayAndClock(instant(row.arrived_at), zone) },
        { key: 'stay', label: 'Stay', phone: 'more', align: 'end', cell: (row) => duration(((instant(row.departed_at) ?? now()) - instant(row.arrived_at)) / 1000) },
        ...(may('parking.pay') ? [{ key: 'act', label: html`<span class="unseen">Pay</span>`, align: 'end', cell: (row) => row.state === 'unpaid' && html`
            <button type="button" class="button small" onClick=${() => pay(row)}>Pay<span class="unseen"> for ${row.spot_id}</span></button>` }] : []),
        ...(may('parking.tariffs') ? [{ key: 'waive', label: html`<span class="unseen">Write off</span>`, align: 'end', cell: (row) => row.state === 'unpaid' && html`
            <button type="button" class="button small" onClick=${() => waive(row)}>Write off<span class="unseen"> ${row.spot_id}</span></button>` }] : []),
    ];
    return html`
        <section aria-labelledby="sessions-name">
            <div class="section-head"><h2 id="sessions-name">Sessions</h2>
                <div class="owner-foot"><${Pick} label="State of the sessions" name="state" value=${state ?? ''} options=${[['', 'Every state'], ...Object.entries(sessionWords).map(([each, [word]]) => [each, word])]} />
                    <${CSV} lot=${lot} name="sessions" query=${wanted} /></div></div>
            ${rows.length === 0 ? html`<${Empty} icon="ticket" small title=${state ? 'No session is in this state' : 'Nobody stood here in this time'}>
                    <p>${state ? 'Choose another state, or a longer time.' : 'A session begins when a spot becomes occupied.'}</p><//>`
                : html`<${Table} caption="Sessions" columns=${columns} rows=${rows} rowKey=${(row) => row.session_id} />`}
            ${more && html`<p class="more"><button type="button" class="button" aria-busy=${loading} onClick=${more}>More sessions</button></p>`}
            ${paying && html`<${Pay} session=${paying} currency=${currency} close=${() => pay(null)} done=${() => { reload(); toast({ text: 'The payment is recorded.' }); }} />`}
            ${waiving && html`<${Waive} session=${waiving} currency=${currency} close=${() => waive(null)} done=${() => { reload(); toast({ text: 'It is written off.' }); }} />`}
        </section>`;
}

function Payments({ lot, range, zone, currency, may }) {
    const { data, error, loading, reload, more } = usePages(`payments ${lot.lot_id} ${range.key}`, 'payments',
        (page, options) => parking.payments(lot.lot_id, { ...range.ask, ...page }, options));
    useMoney(lot, reload);
    const [refunding, refund] = useState(null);
    const [ids, setIDs] = useState(() => new Map());
    if (!data) return error ? html`<${Problem} error=${error} title="The payments could not be read" retry=${reload} />` : html`<${Skeleton} shape="block" />`;
    const { rows } = data;
    const ask = (row) => { if (!ids.has(row.payment_id)) setIDs(new Map(ids).set(row.payment_id, `refund-${crypto.randomUUID?.() ?? Date.now()}`)); refund(row); };
    const columns = [
        { key: 'payment', label: 'Payment', head: true, cell: (row) => row.payment_id },
        { key: 'amount', label: 'Amount', align: 'end', cell: (row) => html`${row.refunds && row.amount_minor > 0 ? '\u2212' : ''}${amount(row.amount_minor, row.currency ?? currency)}` },
        ...(may('parking.tariffs') ? [{ key: 'act', label: html`<span class="unseen">Refund</span>`, align: 'end', cell: (row) => !row.refunds && (row.refunded_minor ?? 0) < row.amount_minor && html`
            <button type="button" class="button small" onClick=${() => ask(row)}>Refund<span class="unseen"> ${row.payment_id}</span></button>` }] : []),
        { key: 'at', label: 'Paid', phone: 'more', cell: (row) => dayAndClock(instant(row.paid_at), zone) },
        { key: 'spot', label: 'Spot', phone: (row) => row.spot_id, cell: (row) => row.spot_id ?? '–' },
        { key: 'method', label: 'How', phone: (row) => (row.refunds ? `refund of ${row.refunds}` : row.method), cell: (row) => (row.refunds ? `refund of ${row.refunds}` : row.method ?? '–') },
    ];
    return html`
        <section aria-labelledby="payments-name">
            <div class="section-head"><h2 id="payments-name">Payments</h2>
                <div class="owner-foot"><${CSV} lot=${lot} name="payments" query=${range.ask} /><${CSV} lot=${lot} name="ledger" query=${range.ask} word="Ledger" of="the ledger" /></div></div>
            ${rows.length === 0 ? html`<${Empty} icon="coins" small title="No payment in this time"><p>Payments come from apps and machines, or are recorded at a session.</p><//>`
                : html`<${Table} caption="Payments" columns=${columns} rows=${rows} rowKey=${(row) => row.payment_id} />`}
            ${more && html`<p class="more"><button type="button" class="button" aria-busy=${loading} onClick=${more}>More payments</button></p>`}
            ${refunding && html`
                <${Confirm} title="Give the money back?" action="Refund" close=${() => refund(null)}
                    act=${async () => { await parking.refund(refunding.payment_id, { payment_id: ids.get(refunding.payment_id), lot_id: lot.lot_id, amount_minor: refunding.amount_minor - (refunding.refunded_minor ?? 0) }); reload(); toast({ text: 'The refund is recorded.' }); }}>
                    <p>${amount(refunding.amount_minor - (refunding.refunded_minor ?? 0), refunding.currency ?? currency)} of payment ${refunding.payment_id}.</p>
                <//>`}
        </section>`;
}

function Revenue({ lot, range, currency }) {
    const { data, error, reload } = useLoad(`revenue ${lot.lot_id} ${range.key}`, (options) => parking.revenue(lot.lot_id, range.days, options));
    const { data: report, loading: reporting } = useLoad(`report ${lot.lot_id} ${range.key}`, (options) => parking.report(lot.lot_id, range.days, options));
    useMoney(lot, reload);
    if (!data && error) return html`<${Problem} error=${error} title="The revenue could not be read" retry=${reload} />`;
    // Both or none: tiles that come later would push down what is being read.
    if (!data || (!report && reporting)) return html`<${Skeleton} shape="screen" label="Loading" />`;
    const peaks = report?.peak_hours ?? [];
    const sums = (key, label, cell) => [
        { key, label, head: true, cell },
        { key: 'revenue', label: 'Revenue', align: 'end', cell: (row) => amount(row.revenue_minor, currency) },
        { key: 'sessions', label: 'Sessions', align: 'end', cell: (row) => number(row.sessions, 0) },
        { key: 'cash', label: 'Received', align: 'end', cell: (row) => amount(row.cash_minor, currency) },
    ];
    return html`
        <dl class="tiles money-tiles">
            <${Tile} label="Revenue" value=${amount(data.total.revenue_minor, currency)} note=${plural(data.total.sessions, 'session')} />
            <${Tile} label="Received" value=${amount(data.total.cash_minor, currency)} />
            ${Number.isFinite(report?.occupancy_rate) && html`<${Tile} label="Occupied" value=${percent(report.occupancy_rate)} note="of the time" />`}
            ${report && (range.isToday
                ? html`<${Tile} label="Turnover today" value=${Number.isFinite(report.cars_per_spot) ? number(report.cars_per_spot, 1) : '–'} note="cars a spot" />`
                : html`<${Tile} label="Turnover" value=${Number.isFinite(report.turnover) ? number(report.turnover, 1) : '–'}
                    note=${report.turnover_days > 0 ? `cars a spot and day, of ${plural(report.turnover_days, 'whole day')}` : 'no whole day was seen yet'} />`)}
            ${Number.isFinite(report?.mean_stay_seconds) && html`<${Tile} label="Mean stay" value=${duration(report.mean_stay_seconds)} />`}
            ${peaks.length > 0 && html`<${Tile} label="Peak hours" value=${peaks.slice(0, 2).map((hour) => `${hour}–${hour + 1}`).join(', ')} note="o'clock" />`}
        </dl>
        <section aria-labelledby="revenue-name">
            <div class="section-head"><h2 id="revenue-name">Revenue by day</h2><${CSV} lot=${lot} name="revenue" query=${range.days} /></div>
            <${Table} caption="Revenue by day" columns=${sums('day', 'Day', (row) => dayWords(row.day))} rows=${[...data.days].reverse()} rowKey=${(row) => row.day} />
        </section>
        <section aria-labelledby="kinds-name">
            <div class="section-head"><h2 id="kinds-name">By kind of spot</h2><${CSV} lot=${lot} name="revenue" query=${{ ...range.days, by: 'kind' }} of="revenue by kind" /></div>
            <${Table} caption="Revenue by kind of spot" columns=${sums('kind', 'Kind', (row) => kindWord(row.kind))} rows=${data.kinds} rowKey=${(row) => row.kind} />
        </section>`;
}

export function MoneyTab({ lot, query, may }) {
    const zone = lot.time_zone ?? 'UTC';
    const [key, , count] = days.find(([each]) => each === query.get('days')) ?? days[1];
    const [ends] = useState(() => now());
    // Whole days by the clock of the lot.
    const [first, last] = [dayOf(ends, zone, 1 - count), dayOf(ends, zone)];
    const range = { key: key ?? '7d', isToday: key === 'today', days: { from: first }, ask: { from: new Date(fromInput(`${first}T00:00`, zone)).toISOString() } };
    const given = { lot, range, zone, currency: lot.currency ?? 'EUR', may };
    return html`
        <${OnPaper}>Money of ${lot.name} (${lot.lot_id}), ${first === last ? dayWords(first) : `${dayWords(first)} to ${dayWords(last)}`}, by the clock of ${zone}.<//>
        <div class="toolbar"><${LinkChoice} label="Time" name="days" value=${key} options=${days.map(([each, word]) => [each, word])} /></div>
        <div class="owner-stack"><${Revenue} ...${given} /><${Unallocated} lot=${lot} zone=${zone} currency=${given.currency} may=${may} /><${Sessions} ...${given} state=${sessionWords[query.get('state')] ? query.get('state') : null} /><${Payments} ...${given} /></div>`;
}

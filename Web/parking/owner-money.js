// What the lot earned, who stood there, and what was paid.

import { html, useState } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { amount, dayAndMinuteIn, dayWords, duration, minorOf, number, percent, typed } from '/lib/format.js';
import { instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { LotCSV } from '/parking/lot-csv.js';
import { kindWord } from '/parking/model.js';
import { usePages } from '/lib/pages.js';
import { useMoney } from '/parking/store.js';
import { Unallocated } from '/parking/owner-unallocated.js';
import { dayOf, fromInput } from '/lib/zone.js';
import { t } from '/parking/owner-words.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Empty } from '/parts/empty.js';
import { Text } from '/parts/input.js';
import { OnPaper } from '/parts/print.js';
import { More } from '/parts/more.js';
import { Problem } from '/parts/problem.js';
import { Pick } from '/parts/search.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { LinkChoice } from '/parts/tabs.js';
import { Tile } from '/parts/tile.js';
import { toast } from '/parts/toast.js';

const days = [
    ['today', t('today'), 1], [null, t('days', { count: 7 }), 7], ['30d', t('days', { count: 30 }), 30],
        ['90d', t('days', { count: 90 }), 90],
];
const sessionWords = { open: [t('here'), 'busy'], paid: [t('paid'), 'good'], unpaid: [t('unpaid'), 'bad'],
    overpaid: [t('overpaid'), 'warn'], waived: [t('paid.writtenOff'), 'unknown'], free: [t('paid.free'), 'good'] };

function Pay({ session, currency, close, done }) {
    const owed = Math.max(0, session.balance_minor ?? 0);
    const [text, set] = useState(typed(owed, currency));
    // Made once, so that a second attempt is the same payment.
    const [id] = useState(() => `desk-${crypto.randomUUID?.()
        ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`}`);
    const minor = minorOf(text, currency);
    return html`
        <${Confirm} title=${t('payment.for', { spot_id: session.spot_id })}
            action=${t('payment.record')} danger=${false}
            close=${close}
            act=${async () => {
                if (!minor) return false;
                await parking.pay({ payment_id: id, session_id: session.session_id, amount_minor: minor, currency,
                    method: 'cash' });
                done();
                return true;
            }}>
            <${Text} label=${t('payment.amount', { currency })} value=${text} set=${set} inputmode="decimal"
                autocomplete="off" error=${minor ? null : t('payment.amount.hint')} />
        <//>`;
}

function Waive({ session, currency, close, done }) {
    const owed = session.balance_minor;
    const [text, set] = useState(typed(owed, currency));
    const [reason, say] = useState('');
    // Made once, so that a second attempt is the same waiver.
    const [id] = useState(() => `waive-${crypto.randomUUID?.()
        ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`}`);
    const minor = minorOf(text, currency);
    const fault = !minor || minor > owed ? t('payment.amount.most', { owed: typed(owed, currency) }) : null;
    return html`
        <${Confirm} title=${t('writeOff.title', { spot_id: session.spot_id })} action=${t('writeOff.act')}
            close=${close}
            act=${async () => {
                if (fault || !reason.trim()) return false;
                await parking.waive(session.session_id, { waiver_id: id, amount_minor: minor, reason: reason.trim() });
                done();
                return true;
            }}>
            <p>${t('writeOff.says')}</p>
            <${Text} label=${t('payment.amount', { currency })} value=${text} set=${set} inputmode="decimal"
                autocomplete="off" error=${fault} />
            <${Text} label=${t('why')} value=${reason} set=${say} maxlength="120" autocomplete="off" />
        <//>`;
}

function Sessions({ lot, range, zone, currency, may, state }) {
    const wanted = { ...range.ask, state };
    const { data, error, loading, reload, more } = usePages(`sessions ${lot.lot_id} ${range.key} ${state ?? ''}`,
        'sessions',
        (page, options) => parking.sessions(lot.lot_id, { ...wanted, ...page }, options));
    useMoney(lot, reload);
    const [paying, pay] = useState(null);
    const [waiving, waive] = useState(null);
    if (!data) return error ? html`<${Problem} error=${error} title=${t('sessions.unread')}
        retry=${reload} />` : html`<${Skeleton} shape="block" />`;
    const { rows } = data;
    const columns = [
        { key: 'spot', label: t('spot'), head: true, cell: (row) => row.spot_id },
        { key: 'state', label: t('state'), phone: 'more',
            cell: (row) => { const [word, tone] = sessionWords[row.state] ?? [row.state, 'unknown'];
            return html`<${Badge} tone=${tone} word=${word} quiet />`; } },
        { key: 'due', label: t('due'), align: 'end',
            cell: (row) => amount(row.due_minor ?? row.due_so_far_minor, currency) },
        { key: 'balance', label: t('owed'), phone: 'none', align: 'end',
            cell: (row) => amount(row.balance_minor, currency) },
        { key: 'arrived', label: t('arrived'), phone: 'more',
            cell: (row) => dayAndMinuteIn(instant(row.arrived_at), zone) },
        { key: 'stay', label: t('stay'), phone: 'more', align: 'end',
            cell: (row) => duration(((instant(row.departed_at) ?? now()) - instant(row.arrived_at)) / 1000) },
        ...(may('parking.pay')
            ? [{ key: 'act', label: html`<span class="unseen">${t('pay')}</span>`, align: 'end',
            cell: (row) => row.state === 'unpaid' && html`
            <button type="button" class="button small" onClick=${() => pay(row)}>${t('pay')}<span
                class="unseen"> ${t('session.spot', { spot_id: row.spot_id })}</span></button>` }] : []),
        ...(may('parking.tariffs')
            ? [{ key: 'waive', label: html`<span class="unseen">${t('writeOff')}</span>`, align: 'end',
            cell: (row) => row.state === 'unpaid' && html`
            <button type="button" class="button small" onClick=${() => waive(row)}>${t('writeOff')}<span
                class="unseen"> ${row.spot_id}</span></button>` }] : []),
    ];
    return html`
        <section aria-labelledby="sessions-name">
            <div class="section-head"><h2 id="sessions-name">${t('sessions.title')}</h2>
                <div class="owner-foot"><${Pick} label=${t('sessions.state')} name="state" value=${state ?? ''}
                    options=${[['', t('sessions.everyState')],
                    ...Object.entries(sessionWords).map(([each, [word]]) => [each, word])]} />
                    <${LotCSV} lot=${lot} name="sessions" query=${wanted} /></div></div>
            ${rows.length === 0 ? html`<${Empty} icon="ticket" small
                title=${state ? t('sessions.noneInState') : t('sessions.none')}>
                    <p>${state ? t('sessions.noneInState.says') : t('sessions.none.says')}</p><//>`
                : html`<${Table} caption=${t('sessions.title')} columns=${columns} rows=${rows}
                    rowKey=${(row) => row.session_id} />`}
            <${More} more=${more} loading=${loading} word=${t('sessions.more')} />
            ${paying && html`<${Pay} session=${paying} currency=${currency} close=${() => pay(null)}
                done=${() => { reload(); toast({ text: t('payment.recorded') }); }} />`}
            ${waiving && html`<${Waive} session=${waiving} currency=${currency} close=${() => waive(null)}
                done=${() => { reload(); toast({ text: t('writeOff.done') }); }} />`}
        </section>`;
}

function Payments({ lot, range, zone, currency, may }) {
    const { data, error, loading, reload, more } = usePages(`payments ${lot.lot_id} ${range.key}`, 'payments',
        (page, options) => parking.payments(lot.lot_id, { ...range.ask, ...page }, options));
    useMoney(lot, reload);
    const [refunding, refund] = useState(null);
    const [ids, setIDs] = useState(() => new Map());
    if (!data) return error ? html`<${Problem} error=${error} title=${t('payments.unread')}
        retry=${reload} />` : html`<${Skeleton} shape="block" />`;
    const { rows } = data;
    const ask = (row) =>
        { if (!ids.has(row.payment_id)) setIDs(new Map(ids).set(row.payment_id,
        `refund-${crypto.randomUUID?.() ?? Date.now()}`)); refund(row); };
    const columns = [
        { key: 'payment', label: t('payment'), head: true, cell: (row) => row.payment_id },
        { key: 'amount', label: t('amount'), align: 'end',
            cell: (row) => html`${row.refunds && row.amount_minor > 0
            ? '\u2212' : ''}${amount(row.amount_minor, row.currency ?? currency)}` },
        ...(may('parking.tariffs')
            ? [{ key: 'act', label: html`<span class="unseen">${t('refund')}</span>`, align: 'end',
            cell: (row) => !row.refunds && (row.refunded_minor ?? 0) < row.amount_minor && html`
            <button type="button" class="button small" onClick=${() => ask(row)}>${t('refund')}<span
                class="unseen"> ${row.payment_id}</span></button>` }] : []),
        { key: 'at', label: t('paid'), phone: 'more', cell: (row) => dayAndMinuteIn(instant(row.paid_at), zone) },
        { key: 'spot', label: t('spot'), phone: (row) => row.spot_id, cell: (row) => row.spot_id ?? '–' },
        { key: 'method', label: t('how'),
            phone: (row) => (row.refunds ? t('refund.of', { refunds: row.refunds }) : row.method),
            cell: (row) => (row.refunds ? t('refund.of', { refunds: row.refunds }) : row.method ?? '–') },
    ];
    return html`
        <section aria-labelledby="payments-name">
            <div class="section-head"><h2 id="payments-name">${t('payments')}</h2>
                <div class="owner-foot"><${LotCSV} lot=${lot} name="payments" query=${range.ask} /><${LotCSV} lot=${lot}
                    name="ledger" query=${range.ask} word=${t('ledger')} of=${t('ledger.table')} /></div></div>
            ${rows.length === 0 ? html`<${Empty} icon="coins" small
                title=${t('payments.none')}><p>${t('payments.none.says')}</p><//>`
                : html`<${Table} caption=${t('payments')} columns=${columns} rows=${rows}
                    rowKey=${(row) => row.payment_id} />`}
            <${More} more=${more} loading=${loading} word=${t('payments.more')} />
            ${refunding && html`
                <${Confirm} title=${t('refund.title')} action=${t('refund')} close=${() => refund(null)}
                    act=${async () =>
                        { await parking.refund(refunding.payment_id,
                        { payment_id: ids.get(refunding.payment_id), lot_id: lot.lot_id,
                        amount_minor: refunding.amount_minor - (refunding.refunded_minor ?? 0) }); reload();
                        toast({ text: t('refund.recorded') }); }}>
                    <p>${t('refund.says',
                        { amount_minor: amount(refunding.amount_minor - (refunding.refunded_minor ?? 0),
                        refunding.currency ?? currency), payment_id: refunding.payment_id })}</p>
                <//>`}
        </section>`;
}

function Revenue({ lot, range, currency }) {
    const { data, error, reload } = useLoad(`revenue ${lot.lot_id} ${range.key}`,
        (options) => parking.revenue(lot.lot_id, range.days, options));
    const { data: report, loading: reporting } = useLoad(`report ${lot.lot_id} ${range.key}`,
        (options) => parking.report(lot.lot_id, range.days, options));
    useMoney(lot, reload);
    if (!data && error) return html`<${Problem} error=${error} title=${t('revenue.unread')} retry=${reload} />`;
    // Both or none: tiles that come later would push down what is being read.
    if (!data || (!report && reporting)) return html`<${Skeleton} shape="screen" label=${t('loading')} />`;
    const peaks = report?.peak_hours ?? [];
    const sums = (key, label, cell) => [
        { key, label, head: true, cell },
        { key: 'revenue', label: t('revenue'), align: 'end', cell: (row) => amount(row.revenue_minor, currency) },
        { key: 'sessions', label: t('sessions.title'), align: 'end', cell: (row) => number(row.sessions, 0) },
        { key: 'cash', label: t('received'), align: 'end', cell: (row) => amount(row.cash_minor, currency) },
    ];
    return html`
        <dl class="tiles money-tiles">
            <${Tile} label=${t('revenue')} value=${amount(data.total.revenue_minor, currency)}
                note=${t('sessions', { count: data.total.sessions })} />
            <${Tile} label=${t('received')} value=${amount(data.total.cash_minor, currency)} />
            ${Number.isFinite(report?.occupancy_rate) && html`<${Tile} label=${t('occupied')}
                value=${percent(report.occupancy_rate)} note=${t('unit.time')} />`}
            ${report && (range.isToday
                ? html`<${Tile} label=${t('turnover.today')}
                    value=${Number.isFinite(report.cars_per_spot) ? number(report.cars_per_spot, 1) : '–'}
                    note=${t('unit.turnover')} />`
                : html`<${Tile} label=${t('turnover')}
                    value=${Number.isFinite(report.turnover) ? number(report.turnover, 1) : '–'}
                    note=${report.turnover_days > 0
                        ? t('unit.turnoverDay', { days: t('days.whole', { count: report.turnover_days }) })
                        : t('days.none')} />`)}
            ${Number.isFinite(report?.mean_stay_seconds) && html`<${Tile} label=${t('meanStay')}
                value=${duration(report.mean_stay_seconds)} />`}
            ${peaks.length > 0 && html`<${Tile} label=${t('peak')}
                value=${peaks.slice(0, 2).map((hour) => `${hour}–${hour + 1}`).join(', ')} note=${t('oclock')} />`}
        </dl>
        <section aria-labelledby="revenue-name">
            <div class="section-head"><h2 id="revenue-name">${t('revenue.byDay')}</h2><${LotCSV} lot=${lot}
                name="revenue" query=${range.days} /></div>
            <${Table} caption=${t('revenue.byDay')} columns=${sums('day', t('day'), (row) => dayWords(row.day))}
                rows=${[...data.days].reverse()} rowKey=${(row) => row.day} />
        </section>
        <section aria-labelledby="kinds-name">
            <div class="section-head"><h2 id="kinds-name">${t('revenue.byKind')}</h2>
                <${LotCSV} lot=${lot} name="revenue"
                query=${{ ...range.days, by: 'kind' }} of=${t('revenue.byKind.table')} /></div>
            <${Table} caption=${t('revenue.byKind.title')}
                columns=${sums('kind', t('kind'), (row) => kindWord(row.kind))} rows=${data.kinds}
                rowKey=${(row) => row.kind} />
        </section>`;
}

export function MoneyTab({ lot, query, may }) {
    const zone = lot.time_zone ?? 'UTC';
    const [key, , count] = days.find(([each]) => each === query.get('days')) ?? days[1];
    const [ends] = useState(() => now());
    // Whole days by the clock of the lot.
    const [first, last] = [dayOf(ends, zone, 1 - count), dayOf(ends, zone)];
    const range = { key: key ?? '7d', isToday: key === 'today', days: { from: first },
        ask: { from: new Date(fromInput(`${first}T00:00`, zone)).toISOString() } };
    const given = { lot, range, zone, currency: lot.currency ?? 'EUR', may };
    return html`
        <${OnPaper}>${t('money.of', { name: lot.name, id: lot.lot_id, zone,
            days: first === last ? dayWords(first) : t('days.range',
                { first: dayWords(first), last: dayWords(last) }) })}<//>
        <div class="toolbar"><${LinkChoice} label=${t('time')} name="days" value=${key}
            options=${days.map(([each, word]) => [each, word])} /></div>
        <div class="owner-stack"><${Revenue} ...${given} /><${Unallocated} lot=${lot} zone=${zone}
            currency=${given.currency} may=${may} /><${Sessions} ...${given}
            state=${sessionWords[query.get('state')] ? query.get('state') : null} /><${Payments} ...${given} /></div>`;
}

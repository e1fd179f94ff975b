// For those who run car parks: all lots, the fullest first question: where is something wrong.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { number } from '/lib/format.js';
import { session } from '/lib/session.js';
import { navigate } from '/app/router.js';
import { parking } from '/parking/api.js';
import { CSV } from '/parking/csv.js';
import { countsOf, fullness, sentence } from '/parking/model.js';
import { RevenueByLot } from '/parking/owner-revenue.js';
import { useLots } from '/parking/store.js';
import { Badge } from '/parts/badge.js';
import { Dialog } from '/parts/dialog.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Icon } from '/parts/icons.js';
import { Name, Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Search } from '/parts/search.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';

/** So many are found with the eyes. */
const fewLots = 7;

export const percent = (part) => (Number.isFinite(part) ? `${number(part * 100, 0)}\u00a0%` : '–');
const full = { good: ['Room', 'good'], warn: ['Nearly full', 'warn'], bad: ['Full', 'bad'], unknown: ['Not known', 'unknown'] };

const columns = [
    { key: 'name', label: 'Lot', head: true, sort: true, cell: (lot) => html`<a href=${`/parking/owner/${encodeURIComponent(lot.lot_id)}`}>${lot.name}</a>` },
    { key: 'state', label: 'State', phone: 'more', cell: (lot) => { const [word, tone] = full[fullness(countsOf(lot))]; return html`<${Badge} tone=${tone} word=${word} quiet />`; } },
    { key: 'free', label: 'Free', align: 'end', sort: true, cell: (lot) => html`<strong>${countsOf(lot).free}</strong> of ${countsOf(lot).total}` },
    { key: 'rate', label: 'Occupied', align: 'end', sort: true, phone: 'none', cell: (lot) => percent(lot.occupancy_rate) },
    { key: 'unknown', label: 'Unknown', align: 'end', sort: true, phone: (lot) => countsOf(lot).unknown > 0 && `${countsOf(lot).unknown} unknown`, cell: (lot) => number(countsOf(lot).unknown, 0) },
    { key: 'public', label: 'Seen by', phone: 'none', cell: (lot) => (lot.public === false ? 'your people' : 'everybody') },
];

/** What the columns are in order of. */
const orders = {
    name: (lot) => lot.name, free: (lot) => countsOf(lot).free, rate: (lot) => lot.occupancy_rate ?? -1, unknown: (lot) => countsOf(lot).unknown,
};

function inOrder(lots, { key, down }) {
    const value = orders[key];
    const compare = (a, b) => (key === 'name' ? 0 : value(a) - value(b));
    return [...lots].sort((a, b) => (down ? -1 : 1) * (compare(a, b) || a.name.localeCompare(b.name, 'en', { numeric: true })));
}

function AddLot({ close, made }) {
    const [id, setID] = useState('');
    const [name, setName] = useState('');
    const [street, setStreet] = useState('');
    const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC');
    const [currency, setCurrency] = useState('EUR');
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        const lot = await run(() => parking.addLot({ lot_id: id.trim(), name: name.trim(), address: street.trim(), time_zone: zone.trim(), currency: currency.trim().toUpperCase() }));
        if (lot) made(lot);
    };
    return html`
        <${Dialog} title="Add a lot" open=${true} close=${close}>
            <form onSubmit=${submit} novalidate>
                <${Name} label="Id" value=${id} set=${setID} maxlength="64" hint="As the sensors say it in lot_id, such as LOT001." />
                <${Text} label="Name" value=${name} set=${setName} maxlength="100" autocomplete="off" />
                <${Text} label="Address" value=${street} set=${setStreet} maxlength="200" autocomplete="off" />
                <div class="two-fields">
                    <${Name} label="Time zone" value=${zone} set=${setZone} />
                    <${Name} label="Currency" value=${currency} set=${setCurrency} maxlength="3" />
                </div>
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end"><button type="submit" class="button primary" aria-busy=${busy} disabled=${!id.trim() || !name.trim()}>Add the lot</button></p>
            </form>
        <//>`;
}

export function Page({ query }) {
    const { lots: all, error, reload } = useLots();
    const [adding, add] = useState(false);
    const demo = useAction();
    if (!all && error) return html`<${Head} title="Car parks" /><${Problem} error=${error} title="The car parks could not be read" retry=${reload} />`;
    if (!all) return html`<${Head} title="Car parks" /><div class="skeletons"><${Skeleton} shape="block" label="Loading" /></div>`;
    const lots = all.filter((lot) => session.may('parking.view', lot.site ?? null));
    const wanted = query.get('sort') ?? 'name';
    const sort = { key: orders[wanted.replace('-', '')] ? wanted.replace('-', '') : 'name', down: wanted.startsWith('-') };
    const words = (query.get('q') ?? '').toLowerCase();
    const shown = inOrder(lots.filter((lot) => `${lot.lot_id} ${lot.name} ${lot.address ?? ''}`.toLowerCase().includes(words)), sort);
    const sums = lots.map(countsOf).reduce((sum, each) => ({ free: sum.free + each.free, total: sum.total + each.total, unknown: sum.unknown + each.unknown }), { free: 0, total: 0, unknown: 0 });
    const may = session.may('parking.manage');
    return html`
        <${Head} title="Car parks"
            aside=${may && html`<button type="button" class="button" onClick=${() => add(true)}><${Icon} name="plus" />Add a lot</button>`}>
            <p class="lead" role="status">${lots.length > 0 ? sentence(sums) : ''}</p>
        <//>
        ${lots.length === 0 ? html`
            <${Empty} icon="parking" title="No car park yet">
                <p>Add your lots here, or look at made-up ones first.</p>
                ${may && html`<p class="actions">
                    <button type="button" class="button primary" onClick=${() => add(true)}>Add a lot</button>
                    ${session.may('settings.manage', '*') && html`<button type="button" class="button" aria-busy=${demo.busy}
                        onClick=${() => demo.run(() => parking.init()).then(reload)}>Make the demo lots</button>`}</p>`}
                ${demo.error && html`<${Problem} error=${demo.error} small level="h3" />`}
            <//>` : html`
            ${(lots.length > fewLots || words) && html`<search class="toolbar"><${Search} label="Find a car park" placeholder="Name, street or id" value=${query.get('q') ?? ''} /></search>`}
            ${shown.length === 0 ? html`<${Empty} icon="search" small title="No car park is called that"><p>Search for a part of its name, street or id.</p><//>`
                : html`<${Table} caption="Car parks" columns=${columns} rows=${shown} rowKey=${(lot) => lot.lot_id} sort=${sort} />`}
            <p class="actions more"><a class="button" href="/parking">What drivers see</a><${CSV} name="lots" read=${() => parking.lotsTable()} of="the lots" /></p>
            ${session.may('parking.money') && html`<${RevenueByLot} query=${query} />`}`}
        ${adding && html`<${AddLot} close=${() => add(false)} made=${(lot) => navigate(`/parking/owner/${encodeURIComponent(lot.lot_id)}?tab=settings`)} />`}`;
}

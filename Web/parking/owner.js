// For those who run car parks: all lots, the fullest first question: where is something wrong.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { byText, number, percent } from '/lib/format.js';
import { session } from '/lib/session.js';
import { navigate } from '/app/router.js';
import { parking } from '/parking/api.js';
import { t } from '/parking/owner-words.js';
import { CSV } from '/parts/csv.js';
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

const full = { good: [t('fullness.room'), 'good'], warn: [t('fullness.nearly'), 'warn'], bad: [t('full'), 'bad'],
    unknown: [t('fullness.unknown'), 'unknown'] };

const columns = [
    { key: 'name', label: t('lot'), head: true, sort: true,
        cell: (lot) => html`<a href=${`/parking/owner/${encodeURIComponent(lot.lot_id)}`}>${lot.name}</a>` },
    { key: 'state', label: t('state'), phone: 'more',
        cell: (lot) => { const [word, tone] = full[fullness(countsOf(lot))];
        return html`<${Badge} tone=${tone} word=${word} quiet />`; } },
    { key: 'free', label: t('free'), align: 'end', sort: true,
        cell: (lot) =>
        t('freeOfTotal', { free: html`<strong>${countsOf(lot).free}</strong>`, total: countsOf(lot).total }) },
    { key: 'rate', label: t('occupied'), align: 'end', sort: true, phone: 'none',
        cell: (lot) => percent(lot.occupancy_rate) },
    { key: 'unknown', label: t('unknown'), align: 'end', sort: true,
        phone: (lot) => countsOf(lot).unknown > 0 && t('countUnknown', { count: countsOf(lot).unknown }),
        cell: (lot) => number(countsOf(lot).unknown, 0) },
    { key: 'public', label: t('seenBy'), phone: 'none',
        cell: (lot) => t(lot.public === false ? 'yourPeople' : 'everybody') },
];

/** What the columns are in order of. */
const orders = {
    name: (lot) => lot.name, free: (lot) => countsOf(lot).free, rate: (lot) => lot.occupancy_rate ?? -1,
        unknown: (lot) => countsOf(lot).unknown,
};

function inOrder(lots, { key, down }) {
    const value = orders[key];
    const compare = (a, b) => (key === 'name' ? 0 : value(a) - value(b));
    return [...lots].sort((a, b) => (down ? -1 : 1) * (compare(a, b) || byText(a.name, b.name)));
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
        const lot = await run(() =>
            parking.addLot({ lot_id: id.trim(), name: name.trim(), address: street.trim(), time_zone: zone.trim(),
            currency: currency.trim().toUpperCase() }));
        if (lot) made(lot);
    };
    return html`
        <${Dialog} title=${t('lots.add')} open=${true} close=${close}>
            <form onSubmit=${submit} novalidate>
                <${Name} label="Id" value=${id} set=${setID} maxlength="64" hint=${t('lot.id.hint')} />
                <${Text} label=${t('name')} value=${name} set=${setName} maxlength="100" autocomplete="off" />
                <${Text} label=${t('address')} value=${street} set=${setStreet} maxlength="200" autocomplete="off" />
                <div class="two-fields">
                    <${Name} label=${t('lot.zone')} value=${zone} set=${setZone} />
                    <${Name} label=${t('currency')} value=${currency} set=${setCurrency} maxlength="3" />
                </div>
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end"><button type="submit" class="button primary" aria-busy=${busy}
                    disabled=${!id.trim() || !name.trim()}>${t('lots.add.act')}</button></p>
            </form>
        <//>`;
}

export function Page({ query }) {
    const { lots: all, error, reload } = useLots();
    const [adding, add] = useState(false);
    const demo = useAction();
    if (!all && error) return html`<${Head} title=${t('lots.title')} /><${Problem} error=${error}
        title=${t('lots.unread')} retry=${reload} />`;
    if (!all) return html`<${Head} title=${t('lots.title')} /><div class="skeletons"><${Skeleton} shape="block"
        label=${t('loading')} /></div>`;
    const lots = all.filter((lot) => session.may('parking.view', lot.site ?? null));
    const wanted = query.get('sort') ?? 'name';
    const sort = { key: orders[wanted.replace('-', '')] ? wanted.replace('-', '') : 'name',
        down: wanted.startsWith('-') };
    const words = (query.get('q') ?? '').toLowerCase();
    const shown = inOrder(lots.filter((lot) =>
        `${lot.lot_id} ${lot.name} ${lot.address ?? ''}`.toLowerCase().includes(words)), sort);
    const sums = lots.map(countsOf).reduce((sum, each) =>
        ({ free: sum.free + each.free, total: sum.total + each.total, unknown: sum.unknown + each.unknown }),
        { free: 0, total: 0, unknown: 0 });
    const may = session.may('parking.manage');
    return html`
        <${Head} title=${t('lots.title')}
            aside=${may && html`<button type="button" class="button" onClick=${() => add(true)}>
                <${Icon} name="plus" />${t('lots.add')}</button>`}>
            <p class="lead" role="status">${lots.length > 0 ? sentence(sums) : ''}</p>
        <//>
        ${lots.length === 0 ? html`
            <${Empty} icon="parking" title=${t('lots.none')}>
                <p>${t('lots.none.says')}</p>
                ${may && html`<p class="actions">
                    <button type="button" class="button primary" onClick=${() => add(true)}>${t('lots.add')}</button>
                    ${session.may('settings.manage', '*') && html`<button type="button" class="button"
                        aria-busy=${demo.busy}
                        onClick=${() =>
                            demo.run(() => parking.init()).then(reload)}>${t('lots.demo')}</button>`}</p>`}
                ${demo.error && html`<${Problem} error=${demo.error} small level="h3" />`}
            <//>` : html`
            ${(lots.length > fewLots || words) && html`<search class="toolbar"><${Search} label=${t('search.lot')}
                placeholder=${t('lots.search')} value=${query.get('q') ?? ''} /></search>`}
            ${shown.length === 0 ? html`<${Empty} icon="search" small
                title=${t('search.none')}><p>${t('lots.search.hint')}</p><//>`
                : html`<${Table} caption=${t('lots.title')} columns=${columns} rows=${shown}
                    rowKey=${(lot) => lot.lot_id} sort=${sort} />`}
            <p class="actions more"><a class="button" href="/parking">${t('lots.drivers')}</a><${CSV} file="lots"
                read=${() => parking.lotsTable()} of=${t('lots.table')} /></p>
            ${session.may('parking.money') && html`<${RevenueByLot} query=${query} />`}`}
        ${adding && html`<${AddLot} close=${() => add(false)}
            made=${(lot) => navigate(`/parking/owner/${encodeURIComponent(lot.lot_id)}?tab=settings`)} />`}`;
}

// Devices: what may report here. What waits to be let in comes first.

import { html, useEffect, useState } from '/lib/html.js';
import { useLoad, useSession } from '/lib/hooks.js';
import { number } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { navigate, withQuery } from '/app/router.js';
import { devices, sites as siteApi } from '/admin/api.js';
import { AddDevice } from '/admin/device-add.js';
import { DeviceDialog } from '/admin/device.js';
import { DeviceKey } from '/admin/device-key.js';
import { kindWords, standings, states } from '/admin/device-words.js';
import { JoinWindow } from '/admin/join.js';
import { Pending } from '/admin/pending.js';
import { Sites } from '/admin/sites.js';
import { t } from '/admin/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { Pick, Search } from '/parts/search.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { LinkChoice } from '/parts/tabs.js';

const pageSize = 50;
/** How often the page looks for devices that knock, milliseconds. */
const lookEvery = 5000;
const filters = ['state', 'kind', 'site', 'q'];

const columns = [
    { key: 'name', label: t('device'), head: true, cell: (device) => html`
        <a href=${withQuery({ device: device.id })} data-replace>${device.id}</a>` },
    { key: 'state', label: t('state'), cell: (device) => {
        const [tone, word] = states[device.state];
        return html`<${Badge} tone=${tone} word=${word} quiet />`;
    } },
    { key: 'standing', label: t('standing'), phone: 'none', cell: (device) => {
        const said = standings(device);
        return said.length > 0
            ? said.map((each) => html`<${Badge} key=${each.subject} ...${each} quiet /> `)
            : html`<span class="absent">–</span>`;
    } },
    { key: 'kind', label: t('kind'), phone: (device) => kindWords(device.kind),
        cell: (device) => kindWords(device.kind) ?? html`<span class="absent">${t('unknown')}</span>` },
    { key: 'site', label: t('site'), phone: 'none', cell: (device) => device.site },
    { key: 'connected', label: t('connection'), phone: 'none', cell: (device) => (device.controller && !device.connected
        // What its controller says for it comes in over the controller's connection.
        ? html`<span class="quiet-line">${t('by', { controller: device.controller })}</span>`
        : html`<${Badge} tone=${device.connected ? 'good' : 'unknown'}
            word=${device.connected ? t('connected') : t('none')} quiet />`) },
    { key: 'firmware', label: t('firmware'), phone: 'none',
        cell: (device) => device.firmware ?? html`<span class="absent">–</span>` },
    { key: 'seen', label: t('heardOf'), align: 'end',
        cell: (device) => html`<${Age} at=${instant(device.last_seen)} />` },
];

function Toolbar({ query, counts, kinds, sites }) {
    const amount = (value) => html`<span class="amount">${number(value, 0)}</span>`;
    const clear = ['after'];
    return html`
        <search class="toolbar">
            <${Search} label=${t('devices.search')} value=${query.get('q') ?? ''} clear=${clear} />
            <${LinkChoice} label=${t('state')} name="state" value=${query.get('state')} clear=${clear}
                options=${[[null, t('all'), amount(counts.active + counts.disabled)],
                    ['active', t('active'), amount(counts.active)],
                        ['disabled', t('disabled'), amount(counts.disabled)]]} />
            <${Pick} label=${t('kind')} name="kind" value=${query.get('kind') ?? ''} clear=${clear}
                options=${[['', t('devices.everyKind')], ...kinds.map((kind) => [kind, kindWords(kind)])]} />
            <${Pick} label=${t('site')} name="site" value=${query.get('site') ?? ''} clear=${clear}
                options=${[['', t('devices.everySite')], ...sites.map((site) => [site.id, site.title || site.id])]} />
        </search>`;
}

function NoDevices({ filtered }) {
    if (filtered) return html`
        <${Empty} icon="search" title=${t('devices.noneFits')} small>
            <p class="actions">
                <a class="button" href="/admin/devices" data-replace>${t('filter.clear')}</a>
            </p>
        <//>`;
    return html`
        <${Empty} icon="devices" title=${t('devices.none')} small>
            <p>${t('devices.none.says')}</p>
        <//>`;
}

function Loading() {
    return html`
        <${Head} title=${t('devices')}><${LeadSkeleton} /><//>
        <${Skeleton} shape="row" /><${Skeleton} shape="block" label=${t('devices.loading')} />`;
}

/** Reads the list, those that wait and the sites; anew every few seconds while the page is looked at. */
function useDevices(query) {
    const wanted = Object.fromEntries([...filters, 'after'].map((name) => [name, query.get(name)]));
    const list = useLoad(`devices ${JSON.stringify(wanted)}`,
        (options) => devices.list({ ...wanted, limit: pageSize }, options));
    const waiting = useLoad('pending', (options) => devices.list({ state: 'pending', limit: 100 }, options));
    const sites = useLoad('sites', siteApi.list);
    const reload = () => { list.reload(); waiting.reload(); };
    useEffect(() => {
        const timer = setInterval(() => { if (!document.hidden) reload(); }, lookEvery);
        return () => clearInterval(timer);
    }, [list.reload]);
    return { list, waiting, sites, reload: () => { reload(); sites.reload(); } };
}

export function Page({ query }) {
    const session = useSession();
    const { list, waiting, sites, reload } = useDevices(query);
    const [adding, add] = useState(false);
    const [key, keyed] = useState(null);
    const chosen = query.get('device');
    const listed = list.data?.devices.find((device) => device.id === chosen);
    // A link to a device that is not on this page of the list.
    const other = useLoad(`device ${listed ? '' : chosen ?? ''}`,
        (options) => (chosen && !listed && list.data ? devices.one(chosen, options) : Promise.resolve(null)));
    const error = list.error ?? sites.error;
    if ((!list.data || !sites.data || !waiting.data) && error) return html`
        <${Head} title=${t('devices')} /><${Problem} error=${error} title=${t('devices.unread')}
            retry=${reload} />`;
    if (!list.data || !sites.data || !waiting.data) return html`<${Loading} />`;
    const { counts, join, next } = list.data;
    const known = sites.data.sites;
    const shown = list.data.devices.filter((device) => device.state !== 'pending');
    const open = listed ?? other.data;
    const close = () => navigate(withQuery({ device: null }), { replace: true });
    const mayAdd = session.may('devices.manage');
    const hub = session.may('devices.manage', '*');
    const button = mayAdd && html`<button type="button" class="button primary"
        onClick=${() => add(true)}>${t('device.add.ask')}</button>`;
    return html`
        <${Head} title=${t('devices')} aside=${button}>
            <p class="lead">
                ${t('countsSay', { counts: [
                    t('countActive', { count: counts.active }),
                        counts.disabled > 0 && t('countDisabled', { count: counts.disabled }),
                    counts.pending > 0 && t('countWaiting', { count: counts.pending }),
                ].filter(Boolean).join(', ') })}
            </p>
        <//>
        <${JoinWindow} join=${join} may=${hub} changed=${reload} />
        <${Pending} list=${waiting.data.devices} kinds=${join.kinds} sites=${known} may=${hub} changed=${reload}
            keyed=${keyed} />
        <section aria-labelledby="known">
            <div class="section-head"><h2 id="known">${t('devices.known')}</h2></div>
            <${Toolbar} query=${query} counts=${counts} kinds=${join.kinds} sites=${known} />
            ${shown.length > 0
                ? html`<${Table} caption=${t('devices')} columns=${columns} rows=${shown}
                    rowKey=${(device) => device.id} />`
                : html`<${NoDevices} filtered=${filters.some((name) => query.get(name))} />`}
            <nav class="pager" aria-label=${t('pages')} hidden=${!query.get('after') && !next}>
                ${query.get('after') && html`<a class="button"
                    href=${withQuery({ after: null })}>${t('pages.first')}</a>`}
                ${next && html`<a class="button" href=${withQuery({ after: next })}>${t('pages.next')}</a>`}
            </nav>
        </section>
        <${Sites} sites=${known} may=${session.may('settings.manage', '*')} changed=${reload} />
        ${adding && html`
            <${AddDevice} kinds=${join.kinds} sites=${known} close=${() => add(false)}
                made=${(device) => { add(false); keyed(device); reload(); }} />`}
        ${open && html`
            <${DeviceDialog} device=${open} sites=${known} close=${close} keyed=${keyed}
                changed=${() => { reload(); other.reload(); }} />`}
        ${key && html`<${DeviceKey} device=${key} close=${() => keyed(null)} />`}`;
}

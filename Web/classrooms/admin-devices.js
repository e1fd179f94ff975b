// The devices of classrooms: which room each is in, and since when those are silent that are.

import { html, useState } from '/lib/html.js';
import { byText, number } from '/lib/format.js';
import { useEvery, useLoad, useSession } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { navigate, withQuery } from '/app/router.js';
import { admin } from '/classrooms/admin-api.js';
import { AddDevice, DeviceDialog, DeviceKey, stateOfDevice } from '/classrooms/admin-device.js';
import { isSilent } from '/classrooms/admin-model.js';
import { Top, useAdminRooms } from '/classrooms/admin-nav.js';
import { t } from '/classrooms/admin-words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { Icon } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';
import { Search } from '/parts/search.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { LinkChoice } from '/parts/tabs.js';

const columns = [
    { key: 'name', label: t('device'), head: true, cell: (device) => html`
        <a href=${withQuery({ device: device.device_id })} data-replace>${device.device_id}</a>` },
    { key: 'state', label: t('state'), cell: (device) => {
        const [tone, word] = stateOfDevice(device);
        return html`<${Badge} tone=${tone} word=${word} quiet />`;
    } },
    { key: 'room', label: t('room'), phone: 'more', cell: ({ room }) => (room ? html`
        <a href=${`/classrooms/admin/rooms/${encodeURIComponent(room.classroom_id)}`}>${room.name}</a>`
        : html`<span class="absent">${t('device.nowhere')}</span>`) },
    { key: 'firmware', label: t('device.firmware'), phone: 'none', cell: (device) => device.firmware
        ?? html`<span class="absent">–</span>` },
    { key: 'missing', label: t('device.missing'), align: 'end', phone: 'none', cell: (device) =>
        number(device.missing_reports, 0) },
    { key: 'seen', label: t('device.seen'), align: 'end', cell: (device) => html`
        <${Age} at=${instant(device.last_seen)} />` },
];

const kinds = {
    heard: (device) => Boolean(device.room && device.online),
    silent: (device) => Boolean(device.room && !device.online),
    spare: (device) => !device.room,
};

/** Reads the devices, with what the hub knows of them for those who may see that. */
function useDevices(mayView) {
    return useLoad(`${mayView}`, async (options) => {
        const [devices, known] = await Promise.all([admin.devices(options),
            mayView ? admin.registered(options) : []]);
        const firmware = new Map(known.map((device) => [device.id, device.firmware]));
        return devices.map((device) => ({ ...device, firmware: firmware.get(device.device_id) ?? null }));
    });
}

function List({ devices, query }) {
    const words = (query.get('q') ?? '').toLowerCase();
    const kind = kinds[query.get('state')] ? query.get('state') : null;
    const shown = devices.filter((device) => `${device.device_id} ${device.room?.name ?? ''}`.toLowerCase()
        .includes(words) && (!kind || kinds[kind](device)));
    // What is silent comes first, the longest silence before.
    shown.sort((a, b) => kinds.silent(b) - kinds.silent(a) || (kinds.silent(a)
        ? (instant(a.last_seen) ?? 0) - (instant(b.last_seen) ?? 0) : 0) || byText(a.device_id, b.device_id));
    const count = (each) => html`<span class="amount">${number(devices.filter(kinds[each]).length, 0)}</span>`;
    return html`
        <search class="toolbar">
            <${Search} label=${t('devices.find')} value=${query.get('q') ?? ''} />
            <${LinkChoice} label=${t('state')} name="state" value=${kind}
                options=${[[null, t('all')], ...['heard', 'silent', 'spare'].map((each) =>
                    [each, t(`devices.kind.${each}`), count(each)])]} />
        </search>
        ${shown.length === 0
            ? html`
                <${Empty} icon="search" title=${t('devices.noneFits')} small>
                    <p class="actions"><a class="button"
                        href="/classrooms/admin/devices">${t('filter.clear')}</a></p>
                <//>`
            : html`<${Table} caption=${t('devices.title')} columns=${columns} rows=${shown}
                rowKey=${(device) => device.device_id} />`}`;
}

export function Page({ query }) {
    const session = useSession();
    const { rooms, loaded, error: roomless, retry } = useAdminRooms();
    const { data, error: unread, reload } = useDevices(session.may('devices.view'));
    const [key, keyed] = useState(null);
    // When a device that speaks was heard last is in no event.
    useEvery(30, reload);
    const error = unread ?? roomless;
    const mayAdd = session.may('devices.manage');
    const button = mayAdd && html`<a class="button primary" data-replace href=${withQuery({ add: 'device' })}>
        <${Icon} name="plus" />${t('device.add')}</a>`;
    if ((!data || !loaded) && error) return html`
        <${Top} title=${t('devices.title')} />
        <${Problem} error=${error} title=${t('devices.unread')} retry=${() => { reload(); retry(); }} />`;
    if (!data || !loaded) return html`
        <${Top} title=${t('devices.title')} aside=${button}><${LeadSkeleton} /><//>
        <${Skeleton} shape="row" /><${Skeleton} shape="block" label=${t('devices.loading')} />`;
    const named = new Map(rooms.map((room) => [room.classroom_id, room]));
    const devices = data.map((device) => {
        const room = named.get(device.classroom_id) ?? null;
        return { ...device, room, online: room ? room.online : device.online };
    });
    const changed = () => { reload(); retry(); };
    const open = devices.find((device) => device.device_id === query.get('device'));
    const silent = rooms.filter(isSilent).length;
    return html`
        <${Top} title=${t('devices.title')} aside=${button}><p class="lead" role="status">${t('devices.lead',
            { devices: t('devices', { count: devices.length }),
                silent: t('devices.silent', { count: silent }) })}</p><//>
        ${devices.length === 0
            ? html`
                <${Empty} icon="devices" title=${t('devices.none')}>
                    <p>${t('devices.none.says')}</p>
                    ${mayAdd && html`<p class="actions">${button}</p>`}
                <//>`
            : html`<${List} devices=${devices} query=${query} />`}
        ${query.has('add') && mayAdd && html`
            <${AddDevice} rooms=${rooms.filter((room) => session.may('devices.manage', room.site))}
                room=${query.get('add')} close=${() => navigate(withQuery({ add: null }), { replace: true })}
                made=${(device) => {
                    navigate(withQuery({ add: null }), { replace: true });
                    keyed(device);
                    changed();
                }} />`}
        ${open && html`
            <${DeviceDialog} key=${open.device_id} device=${open} rooms=${rooms} changed=${changed} keyed=${keyed}
                close=${() => navigate(withQuery({ device: null }), { replace: true })} />`}
        ${key && html`<${DeviceKey} device=${key} close=${() => keyed(null)} />`}`;
}

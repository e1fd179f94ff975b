// All rooms for those who run them: found by name, building, state or device, and added.

import { html, useState } from '/lib/html.js';
import { byText, number } from '/lib/format.js';
import { useAction, useSession, useTick } from '/lib/hooks.js';
import { now } from '/lib/time.js';
import { navigate, withQuery } from '/app/router.js';
import { admin } from '/classrooms/admin-api.js';
import { isSilent } from '/classrooms/admin-model.js';
import { Top, useAdminRooms } from '/classrooms/admin-nav.js';
import { PowerBadge } from '/classrooms/admin-switch.js';
import { t } from '/classrooms/admin-words.js';
import { stateOf, stateOrder, tones } from '/classrooms/model.js';
import { Badge } from '/parts/badge.js';
import { Dialog } from '/parts/dialog.js';
import { Empty } from '/parts/empty.js';
import { focusWrong } from '/parts/form.js';
import { Icon } from '/parts/icons.js';
import { Name, Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Pick, Search } from '/parts/search.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';

const base = '/classrooms/admin/rooms';

/** What a room's device does, in a word. */
export function DeviceBadge({ room }) {
    const [tone, word] = !room.has_device ? ['unknown', 'device.without']
        : isSilent(room) ? ['warn', 'device.offline'] : ['good', 'device.heard'];
    return html`<${Badge} tone=${tone} word=${t(word)} quiet />`;
}

const columns = (present) => [
    { key: 'name', label: t('room'), head: true, sort: true, cell: (room) => html`
        <a href=${`${base}/${encodeURIComponent(room.classroom_id)}`}>${room.name}</a>` },
    { key: 'building', label: t('building'), sort: true, phone: 'more', cell: (room) => room.building },
    { key: 'state', label: t('state'), cell: (room) => {
        const state = stateOf(room, present);
        return html`<${Badge} tone=${tones[state]} word=${t(`state.${state}`)} quiet />`;
    } },
    { key: 'power', label: t('power.title'), phone: 'none', cell: (room) => html`<${PowerBadge} room=${room} />` },
    { key: 'device', label: t('device'), phone: 'none', cell: (room) => html`<${DeviceBadge} room=${room} />` },
    { key: 'capacity', label: t('seats.head'), align: 'end', sort: true, phone: 'none', cell: (room) =>
        (room.capacity > 0 ? number(room.capacity, 0) : html`<span class="absent">–</span>`) },
];

const orders = {
    name: (a, b) => byText(a.name, b.name),
    building: (a, b) => byText(a.building, b.building) || byText(a.name, b.name),
    capacity: (a, b) => a.capacity - b.capacity || byText(a.name, b.name),
};

const ofDevice = { heard: (room) => room.online, silent: isSilent, none: (room) => !room.has_device };

function AddRoom({ close, made }) {
    const [name, setName] = useState('');
    const [building, setBuilding] = useState('');
    const [capacity, setCapacity] = useState('');
    const [id, setID] = useState('');
    const [wrong, setWrong] = useState({});
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        const seats = capacity.trim() === '' ? 0 : Number(capacity);
        const faults = {
            name: name.trim() ? null : t('room.name.wrong'),
            capacity: Number.isInteger(seats) && seats >= 0 && seats <= 100_000
                ? null : t('number.wrong', { least: 0, most: 100_000 }),
            id: /^[A-Za-z0-9._:@-]{0,64}$/.test(id.trim()) ? null : t('id.wrong'),
        };
        setWrong(faults);
        if (Object.values(faults).some(Boolean)) { focusWrong(event.target); return; }
        const room = await run(() => admin.add({ name: name.trim(), building: building.trim(), capacity: seats,
            ...(id.trim() ? { classroom_id: id.trim() } : {}) }));
        if (room) made(room);
    };
    return html`
        <${Dialog} title=${t('room.add')} open=${true} close=${close}>
            <form class="stack" onSubmit=${submit} novalidate>
                <${Text} label=${t('name')} value=${name} set=${setName} maxlength="100" error=${wrong.name}
                    autocomplete="off" />
                <${Text} label=${t('building')} value=${building} set=${setBuilding} maxlength="100"
                    autocomplete="off" />
                <${Text} label=${t('capacity')} value=${capacity} set=${setCapacity} inputmode="numeric"
                    error=${wrong.capacity} autocomplete="off" />
                <${Name} label=${t('room.id')} hint=${t('room.id.hint')} value=${id} set=${setID} maxlength="64"
                    error=${wrong.id} />
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end"><button type="submit" class="button primary"
                    aria-busy=${busy}>${t('room.add.act')}</button></p>
            </form>
        <//>`;
}

function List({ rooms, query }) {
    const present = now();
    const wanted = query.get('sort') ?? 'name';
    const key = orders[wanted.replace('-', '')] ? wanted.replace('-', '') : 'name';
    const down = wanted.startsWith('-');
    const { q, state, building, device } = Object.fromEntries(['q', 'state', 'building', 'device'].map((name) =>
        [name, query.get(name) ?? '']));
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = rooms.filter((room) => {
        const text = [room.name, room.building, room.classroom_id, ...room.equipment].join(' ').toLowerCase();
        return words.every((word) => text.includes(word)) && (!building || room.building === building)
            && (!state || stateOf(room, present) === state) && (!ofDevice[device] || ofDevice[device](room));
    }).sort((a, b) => (down ? -1 : 1) * orders[key](a, b));
    const buildings = [...new Set(rooms.map((room) => room.building).filter(Boolean))].sort(byText);
    return html`
        <search class="toolbar">
            <${Search} label=${t('filter.find')} value=${q} />
            <${Pick} label=${t('filter.state')} name="state" value=${state}
                options=${[['', t('state.all')], ...stateOrder.map((each) => [each, t(`state.${each}`)])]} />
            ${buildings.length > 1 && html`
                <${Pick} label=${t('building')} name="building" value=${building}
                    options=${[['', t('building.all')], ...buildings.map((each) => [each, each])]} />`}
            <${Pick} label=${t('device')} name="device" value=${device}
                options=${[['', t('device.all')], ['heard', t('device.heard')], ['silent', t('device.offline')],
                    ['none', t('device.without')]]} />
        </search>
        ${shown.length === 0
            ? html`
                <${Empty} icon="search" title=${t('filter.none')} small>
                    <p class="actions"><a class="button" href=${base}>${t('filter.clear')}</a></p>
                <//>`
            : html`<${Table} caption=${t('rooms.title')} columns=${columns(present)} rows=${shown}
                rowKey=${(room) => room.classroom_id} sort=${{ key, down }} />`}`;
}

export function Page({ query }) {
    useTick();
    const session = useSession();
    const { rooms, loaded, error, retry } = useAdminRooms();
    const isAdding = query.get('add') === 'room' && session.may('classrooms.manage');
    const add = html`<a class="button primary" data-replace href=${withQuery({ add: 'room' })}>
        <${Icon} name="plus" />${t('room.add')}</a>`;
    const close = () => navigate(withQuery({ add: null }), { replace: true });
    const dialog = isAdding && html`<${AddRoom} close=${close}
        made=${(room) => navigate(`${base}/${encodeURIComponent(room.classroom_id)}?tab=settings`)} />`;
    if (!loaded && error) return html`
        <${Top} title=${t('nav.rooms')} /><${Problem} error=${error} title=${t('rooms.unread')} retry=${retry} />`;
    if (!loaded) return html`
        <${Top} title=${t('nav.rooms')} aside=${add}><${LeadSkeleton} /><//>
        <${Skeleton} shape="row" /><${Skeleton} shape="block" label=${t('rooms.loading')} />`;
    if (rooms.length === 0) return html`
        <${Top} title=${t('nav.rooms')} />
        <${Empty} icon="classrooms" title=${t('rooms.none')}>
            <p>${t('admin.none.says')}</p><p class="actions">${add}</p>
        <//>${dialog}`;
    return html`
        <${Top} title=${t('nav.rooms')} aside=${add}><p class="lead">${t('rooms',
            { count: rooms.length })}</p><//>
        <${List} rooms=${rooms} query=${query} />${dialog}`;
}

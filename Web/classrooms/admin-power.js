// The power of all rooms: how it is, why, and what became of what people asked for.

import { html } from '/lib/html.js';
import { byText, number } from '/lib/format.js';
import { useSession, useTick } from '/lib/hooks.js';
import { navigate, withQuery } from '/app/router.js';
import { hasFailed, isUnderWay, powerOf } from '/classrooms/admin-model.js';
import { Top, useAdminRooms } from '/classrooms/admin-nav.js';
import { PowerBadge, PowerControl, StageBadge, whyWords } from '/classrooms/admin-switch.js';
import { t } from '/classrooms/admin-words.js';
import { Dialog } from '/parts/dialog.js';
import { Empty } from '/parts/empty.js';
import { Problem } from '/parts/problem.js';
import { Search } from '/parts/search.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { LinkChoice } from '/parts/tabs.js';

/** Which rooms a choice shows. */
const kinds = {
    on: (room) => powerOf(room) === true,
    off: (room) => powerOf(room) === false,
    unknown: (room) => powerOf(room) === null,
    word: (room) => Boolean(room.override),
    waiting: isUnderWay,
    failed: hasFailed,
};

const columns = (session) => [
    { key: 'name', label: t('room'), head: true, cell: (room) => html`
        <a href=${`/classrooms/admin/rooms/${encodeURIComponent(room.classroom_id)}`}>${room.name}</a>` },
    { key: 'state', label: t('power.title'), cell: (room) => html`<${PowerBadge} room=${room} />` },
    { key: 'why', label: t('power.why'), phone: 'none', cell: whyWords },
    { key: 'flags', label: t('switch.last'), phone: (room) => room.switching && t(`switch.${room.switching.stage}`),
        cell: (room) => (room.switching ? html`<${StageBadge} switching=${room.switching} />`
            : html`<span class="absent">–</span>`) },
    { key: 'act', label: html`<span class="unseen">${t('switch.act')}</span>`, align: 'end', cell: (room) =>
        session.may('classrooms.power', room.site) && html`
            <a class="button small" data-replace href=${withQuery({ room: room.classroom_id })}>${t('switch.ask')}<span
                class="unseen"> ${room.name}</span></a>` },
];

function Body({ rooms, query }) {
    useTick();
    const session = useSession();
    const words = (query.get('q') ?? '').toLowerCase();
    const kind = kinds[query.get('power')] ? query.get('power') : null;
    const shown = rooms.filter((room) => `${room.name} ${room.building}`.toLowerCase().includes(words)
        && (!kind || kinds[kind](room))).sort((a, b) => byText(a.name, b.name));
    const open = rooms.find((room) => room.classroom_id === query.get('room'));
    const count = (each) => html`<span class="amount">${number(rooms.filter(kinds[each]).length, 0)}</span>`;
    return html`
        <${Top} title=${t('power.page')}><p class="lead" role="status">${t('power.lead',
            { on: rooms.filter(kinds.on).length, rooms: t('rooms', { count: rooms.length }) })}</p><//>
        <search class="toolbar">
            <${Search} label=${t('filter.find')} value=${query.get('q') ?? ''} />
            <${LinkChoice} label=${t('power.title')} name="power" value=${kind}
                options=${[[null, t('all')], ...Object.keys(kinds).map((each) =>
                    [each, t(`power.kind.${each}`), count(each)])]} />
        </search>
        ${shown.length === 0
            ? html`
                <${Empty} icon="search" title=${t('filter.none')} small>
                    <p class="actions"><a class="button" href="/classrooms/admin/power">${t('filter.clear')}</a></p>
                <//>`
            : html`<${Table} caption=${t('power.page')} columns=${columns(session)} rows=${shown}
                rowKey=${(room) => room.classroom_id} />`}
        ${open && html`
            <${Dialog} title=${t('power.of', { room: open.name })} open=${true}
                close=${() => navigate(withQuery({ room: null }), { replace: true })}>
                <${PowerControl} room=${open} may=${session.may('classrooms.power', open.site)} />
            <//>`}`;
}

export function Page({ query }) {
    const { rooms, loaded, error, retry } = useAdminRooms('classrooms.power');
    if (!loaded && error) return html`
        <${Top} title=${t('power.page')} /><${Problem} error=${error} title=${t('rooms.unread')} retry=${retry} />`;
    if (!loaded) return html`
        <${Top} title=${t('power.page')}><${LeadSkeleton} /><//><${Skeleton} shape="block"
            label=${t('rooms.loading')} />`;
    if (rooms.length === 0) return html`
        <${Top} title=${t('power.page')} />
        <${Empty} icon="classrooms" title=${t('rooms.none')}><p>${t('admin.none.says')}</p><//>`;
    return html`<${Body} rooms=${rooms} query=${query} />`;
}

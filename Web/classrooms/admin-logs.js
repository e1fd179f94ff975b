// What devices said: what their relays did, and of one room what its device reported, by range and as files.

import { html } from '/lib/html.js';
import { byText, exact, inUnit, number } from '/lib/format.js';
import { useLoad } from '/lib/hooks.js';
import { usePages } from '/lib/pages.js';
import { instant, now } from '/lib/time.js';
import { admin } from '/classrooms/admin-api.js';
import { Top, useAdminRooms } from '/classrooms/admin-nav.js';
import { t } from '/classrooms/admin-words.js';
import { Badge } from '/parts/badge.js';
import { CSV } from '/parts/csv.js';
import { Empty } from '/parts/empty.js';
import { Incomplete } from '/parts/incomplete.js';
import { More } from '/parts/more.js';
import { Problem } from '/parts/problem.js';
import { RangePicker, viewOf, viewWords } from '/parts/range.js';
import { Pick } from '/parts/search.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';

/** So many of the newest reports are shown; a file has all. */
const mostReports = 1000;

/** The range as the hub is asked for it. */
function spanOf(view) {
    const [from, to] = view.live ? [now() / 1000 - view.span, null] : [view.from, view.to];
    return { from: new Date(from * 1000).toISOString(), to: to && new Date(to * 1000).toISOString() };
}

const keyOf = (view) => view.key ?? `${view.from}-${view.to}`;

function Relay({ on }) {
    return html`<${Badge} tone=${on ? 'good' : 'busy'} word=${t(on ? 'power.on' : 'power.off')} quiet />`;
}

function PowerLog({ rooms, room, view }) {
    const query = { classroom_id: room?.classroom_id };
    const { data, error, more, loading, reload } = usePages(`power ${room?.classroom_id} ${keyOf(view)}`, 'logs',
        (page, options) => admin.powerLogs({ ...query, ...spanOf(view), ...page }, options));
    const names = new Map(rooms.map((each) => [each.classroom_id, each.name]));
    const columns = [
        { key: 'at', label: t('time'), head: true, cell: (entry) => exact(instant(entry.at)) },
        { key: 'room', label: t('room'), phone: room ? 'none' : 'more', cell: (entry) =>
            names.get(entry.classroom_id) ?? entry.classroom_id },
        { key: 'state', label: t('relay'), cell: (entry) => html`<${Relay} on=${entry.power_on} />` },
        { key: 'reason', label: t('reason'), phone: 'more', cell: (entry) => entry.reason
            || html`<span class="absent">–</span>` },
        { key: 'late', label: t('late'), phone: (entry) => entry.late && t('late.says'),
            cell: (entry) => (entry.late ? t('late.says') : html`<span class="absent">–</span>`) },
    ];
    return html`
        <section aria-labelledby="relays">
            <div class="section-head"><h2 id="relays">${t('relays.title')}</h2>${data?.rows.length > 0 && html`
                <${CSV} file="power-log" of=${t('relays.table')}
                    read=${() => admin.powerTable({ ...query, ...spanOf(view) })} />`}</div>
            ${!data && error && html`<${Problem} error=${error} title=${t('relays.unread')} retry=${reload} small />`}
            ${!data && !error && html`<${Skeleton} shape="block" label=${t('relays.loading')} />`}
            ${data && data.rows.length === 0 && html`<p>${t('relays.none', { time: viewWords(view) })}</p>`}
            ${data && data.rows.length > 0 && html`
                <${Table} caption=${t('relays.title')} columns=${columns} rows=${data.rows}
                    rowKey=${(entry) => entry.id} />
                <${More} more=${more} loading=${loading} word=${t('relays.more')} />`}
        </section>`;
}

/** An answer's rows as objects, the newest first. */
const reportsOf = ({ columns, rows }) => rows.map((row) =>
    Object.fromEntries(columns.map((name, index) => [name, row[index]]))).reverse();

const isTrue = (value) => value === true || value === 1;

const reportColumns = [
    { key: 'at', label: t('time'), head: true, cell: (report) => exact(instant(report.time)) },
    { key: 'state', label: t('reports.occupied'), cell: (report) => html`
        <${Badge} tone=${isTrue(report.occupied) ? 'busy' : 'good'} quiet
            word=${isTrue(report.occupied) ? t('reports.somebody') : t('reports.nobody')} />` },
    { key: 'power', label: t('relay'), phone: 'more', cell: (report) => html`
        <${Relay} on=${isTrue(report.power)} />` },
    { key: 'idle', label: t('reports.idle'), align: 'end', phone: 'none', cell: (report) =>
        (typeof report.idle_seconds === 'number' ? inUnit(number(report.idle_seconds, 0), 's')
            : html`<span class="absent">–</span>`) },
    { key: 'distance', label: t('reports.distance'), align: 'end', phone: 'none', cell: (report) =>
        (typeof report.distance === 'number' ? inUnit(number(report.distance), 'cm')
            : html`<span class="absent">–</span>`) },
];

function StatusLog({ room, view }) {
    const query = { classroom_id: room.classroom_id };
    const { data, error, reload } = useLoad(`status ${room.classroom_id} ${room.has_device} ${keyOf(view)}`,
        (options) => (room.has_device ? admin.statusLogs({ ...query, ...spanOf(view), limit: mostReports }, options)
            : Promise.resolve({ columns: [], rows: [], truncated: false, incomplete: [] })));
    const reports = data ? reportsOf(data) : null;
    return html`
        <section aria-labelledby="reports">
            <div class="section-head"><h2 id="reports">${t('reports.title')}</h2>${reports?.length > 0 && html`
                <${CSV} file=${`status-log-${room.classroom_id}`} of=${t('reports.table')}
                    read=${() => admin.statusTable({ ...query, ...spanOf(view), limit: 100_000 })} />`}</div>
            ${!reports && error && html`
                <${Problem} error=${error} title=${t('reports.unread')} retry=${reload} small />`}
            ${!reports && !error && html`<${Skeleton} shape="block" label=${t('reports.loading')} />`}
            ${reports && html`<${Incomplete} gaps=${data.incomplete} />`}
            ${reports?.length === 0 && html`<p>${room.has_device ? t('reports.none', { time: viewWords(view) })
                : t('reports.noDevice')}</p>`}
            ${reports?.length > 0 && html`
                <${Table} caption=${t('reports.title')} columns=${reportColumns} rows=${reports}
                    rowKey=${(report) => report.time} />
                ${data.truncated && html`<p class="hint">${t('reports.cut', { count: mostReports })}</p>`}`}
        </section>`;
}

export function Page({ query }) {
    const { rooms, loaded, error, retry } = useAdminRooms();
    const title = t('logs.title');
    if (!loaded && error) return html`
        <${Top} title=${title} /><${Problem} error=${error} title=${t('rooms.unread')} retry=${retry} />`;
    if (!loaded) return html`
        <${Top} title=${title}><${LeadSkeleton} /><//><${Skeleton} shape="block" label=${t('rooms.loading')} />`;
    if (rooms.length === 0) return html`
        <${Top} title=${title} />
        <${Empty} icon="classrooms" title=${t('rooms.none')}><p>${t('admin.none.says')}</p><//>`;
    // Relays switch seldom: a day says more than the hour that other charts begin with.
    const hasRange = query.has('range') || query.has('from');
    const view = viewOf(hasRange ? query : new URLSearchParams({ range: '24h' }));
    const room = rooms.find((each) => each.classroom_id === query.get('room')) ?? null;
    const names = rooms.map((each) => [each.classroom_id, each.name]).sort((a, b) => byText(a[1], b[1]));
    return html`
        <${Top} title=${title}><p class="lead">${room ? t('logs.lead.room', { room: room.name })
            : t('logs.lead')}</p><//>
        <search class="toolbar">
            <${Pick} label=${t('room')} name="room" value=${room?.classroom_id ?? ''}
                options=${[['', t('rooms.every')], ...names]} />
        </search>
        <${RangePicker} view=${view} />
        <div class="admin-stack">
            <${PowerLog} rooms=${rooms} room=${room} view=${view} />
            ${room ? html`<${StatusLog} room=${room} view=${view} />`
                : html`<p class="hint">${t('reports.choose')}</p>`}
        </div>`;
}

// For those who run classrooms: what needs a person, and since when; then how all rooms are.

import { html } from '/lib/html.js';
import { minuteIn, number } from '/lib/format.js';
import { listed } from '/lib/i18n.js';
import { useEvery, useLoad, useSession, useTick } from '/lib/hooks.js';
import { now } from '/lib/time.js';
import { admin } from '/classrooms/admin-api.js';
import { attention, figures } from '/classrooms/admin-model.js';
import { Top, useAdminRooms } from '/classrooms/admin-nav.js';
import { t } from '/classrooms/admin-words.js';
import { useReload } from '/classrooms/store.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { Problem } from '/parts/problem.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { Tile } from '/parts/tile.js';

const base = '/classrooms/admin';

/** One reason in words. */
function reasonWords({ kind, problem, isOn, until }, room) {
    if (kind === 'failed') {
        const what = t(isOn === null ? 'failed.rules' : isOn ? 'failed.on' : 'failed.off');
        return `${what} ${t(`failed.${problem ?? 'not_confirmed'}`)}`;
    }
    if (kind === 'warned') return until
        ? t('warned.until', { time: minuteIn(until, room.zone) }) : t('warned.says');
    return t('silent.says');
}

const columns = [
    { key: 'name', label: t('room'), head: true, cell: ({ room }) => html`
        <a href=${`${base}/rooms/${encodeURIComponent(room.classroom_id)}`}>${room.name}</a>${room.building && html`
        <span class="admin-quiet"> ${room.building}</span>`}` },
    { key: 'what', label: t('attention.what'), cell: ({ reasons }) => reasons.map(({ kind, tone }) => html`
        <${Badge} key=${kind} tone=${tone} word=${t(`attention.${kind}`)} quiet /> `) },
    { key: 'says', label: t('attention.says'), phone: 'more', cell: ({ room, reasons }) => html`<span
        class="admin-says">${reasons.map((reason) => reasonWords(reason, room)).join(' ')}</span>` },
    { key: 'since', label: t('since'), align: 'end', cell: ({ reasons }) => html`
        <${Age} at=${reasons[0].since} />` },
];

/** What waits for somebody beside the rooms. */
function waiting(board, session) {
    return [
        { count: board?.requests ?? 0, word: 'requests', see: t('requests.see'), path: `${base}/bookings`,
            right: 'classrooms.bookings' },
        { count: board?.messages ?? 0, word: 'messages.open', see: t('messages.see'), path: `${base}/messages`,
            right: 'classrooms.messages' },
    ].filter(({ count, right }) => count > 0 && session.may(right));
}

/** What is to be known first, in one sentence. */
function sentence(list, board, session) {
    const count = (kind) => list.filter(({ reasons }) => reasons.some((reason) => reason.kind === kind)).length;
    const said = ['failed', 'silent', 'warned'].map((kind) => [count(kind), kind]).filter(([amount]) => amount > 0)
        .map(([amount, kind]) => t(`lead.${kind}`, { count: amount }));
    const waits = waiting(board, session).map(({ count: amount, word }) => t(word, { count: amount }));
    return said.length + waits.length === 0 ? t('lead.well') : t('lead', { what: listed([...said, ...waits]) });
}

function Figures({ counts, board }) {
    return html`
        <dl class="tiles">
            <${Tile} label=${t('figure.rooms')} value=${number(counts.rooms, 0)}
                note=${counts.without > 0 ? t('figure.without', { count: counts.without }) : null} />
            <${Tile} label=${t('figure.occupied')} value=${number(counts.occupied, 0)}
                note=${counts.unbooked > 0 ? t('figure.unbooked', { count: counts.unbooked }) : null} />
            <${Tile} label=${t('figure.powered')} value=${number(counts.powered, 0)}
                note=${counts.wasted > 0 ? t('figure.wasted', { count: counts.wasted }) : null} />
            <${Tile} label=${t('figure.offline')} value=${number(counts.silent, 0)}
                tone=${counts.silent > 0 ? 'warn' : null}
                note=${t(counts.silent > 0 ? 'figure.silent' : 'figure.heard')} />
            <${Tile} label=${t('figure.today')} value=${number(board?.bookings_today, 0)}
                note=${counts.unused > 0 ? t('figure.unused', { count: counts.unused }) : null} />
        </dl>`;
}

function Body({ rooms, board, error, retry }) {
    useTick();
    const session = useSession();
    const present = now();
    const list = attention(rooms, present);
    return html`
        <${Top} title=${t('admin.title')}><p class="lead" role="status">${sentence(list, board, session)}</p><//>
        ${error && html`<${Problem} error=${error} title=${t('dashboard.unread')} retry=${retry} small />`}
        <div class="admin-stack">
            <${Figures} counts=${figures(rooms, present)} board=${board} />
            <section aria-labelledby="attention">
                <h2 id="attention">${t('attention.title')}</h2>
                ${waiting(board, session).map(({ count, word, see, path }) => html`
                    <p key=${word} class="admin-waits"><${Badge} tone="busy" word=${t(word, { count })} quiet />
                        ${' '}<a href=${path}>${see}</a></p>`)}
                ${list.length === 0 ? html`<p>${t('attention.none')}</p>` : html`
                    <${Table} caption=${t('attention.title')} columns=${columns} rows=${list}
                        rowKey=${({ room }) => room.classroom_id} />`}
            </section>
        </div>`;
}

export function Page() {
    const { rooms, loaded, error, retry } = useAdminRooms();
    const { data: board, error: unread, reload } = useLoad('dashboard', admin.dashboard);
    useReload(['classrooms/+/bookings'], reload);
    // Messages are in no event.
    useEvery(60, reload);
    if (!loaded && error) return html`
        <${Top} title=${t('admin.title')} />
        <${Problem} error=${error} title=${t('rooms.unread')} retry=${retry} />`;
    if (!loaded || (!board && !unread)) return html`
        <${Top} title=${t('admin.title')}><${LeadSkeleton} /><//>
        <div class="tiles"><${Skeleton} shape="tile" count=${5} label=${t('rooms.loading')} /></div>`;
    if (rooms.length === 0) return html`
        <${Top} title=${t('admin.title')} />
        <${Empty} icon="classrooms" title=${t('rooms.none')}>
            <p>${t('admin.none.says')}</p>
            <p class="actions"><a class="button primary" href=${`${base}/rooms?add=room`}>${t('room.add')}</a></p>
        <//>`;
    return html`<${Body} rooms=${rooms} board=${board} error=${unread} retry=${reload} />`;
}

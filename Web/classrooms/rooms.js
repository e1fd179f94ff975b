// All classrooms at present: which are free, until when, and the two taps that book one. By time, size and equipment
// one finds a room for later as well.

import { html, useState } from '/lib/html.js';
import { byText, number } from '/lib/format.js';
import { useLoad, useSession } from '/lib/hooks.js';
import { now } from '/lib/time.js';
import { quarter } from '/lib/zone.js';
import { api } from '/classrooms/api.js';
import { BookDialog } from '/classrooms/book.js';
import { AtTime, StateChoice, Toolbar, choicesOf } from '/classrooms/find.js';
import { choose, commonZone, freeUntil, isOpen, tally } from '/classrooms/model.js';
import { RoomCard } from '/classrooms/room-card.js';
import { useRooms } from '/classrooms/store.js';
import { t } from '/classrooms/words.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';

const minute = 60_000;
const fiveMinutes = 300_000;

/** When a room is proposed for: from now on for an hour, or as long as it is free. */
function proposed(room, present) {
    const start = Math.floor(present / fiveMinutes) * fiveMinutes;
    const until = freeUntil(room, present) ?? start + 60 * minute;
    const longest = Math.floor((until - room.buffer_minutes * minute - start) / fiveMinutes) * 5;
    return { start, end: start + Math.max(5, Math.min(60, longest)) * minute };
}

/** The rooms that are free at the wanted time, as a set of names: {free, error}; free is null while nobody knows. */
function useFreeAt(wanted, rooms, session) {
    const { data, error, reload } = useLoad(wanted ? `${wanted.start} ${wanted.end}` : '', async (options) => wanted
        && new Set((await api.rooms({ from: wanted.start, to: wanted.end }, options)).map((room) =>
            room.classroom_id)));
    if (!wanted) return { free: null };
    const open = data && new Set(rooms.filter((room) => data.has(room.classroom_id)
        && (session.may('classrooms.bookings', room.site) || isOpen(room, wanted.start, wanted.end)))
        .map((room) => room.classroom_id));
    return { free: open, error, reload };
}

function Building({ name, rooms, present, wanted, session, pick }) {
    return html`
        <section class="building" aria-label=${name || t('building.none')}>
            <h2>${name || t('building.none')} <span class="amount">${number(rooms.length, 0)}</span></h2>
            <ul class="rooms" role="list">${rooms.map((room) => html`
                <${RoomCard} key=${room.classroom_id} room=${room} present=${present} wanted=${wanted}
                    book=${session.may('classrooms.book', room.site) ? pick : null} />`)}</ul>
        </section>`;
}

function Lead({ counts, rooms, wanted, free }) {
    if (!wanted) return t('rooms.lead', { free: number(counts.free, 0), rooms: t('rooms', { count: rooms.length }) });
    return free ? t('rooms.lead.then', { free: number(free.size, 0), rooms: t('rooms', { count: rooms.length }) })
        : t('rooms.lead.asking');
}

function Body({ rooms, query }) {
    const session = useSession();
    const [picked, pick] = useState(null);
    const present = now();
    const zone = commonZone(rooms);
    const choices = choicesOf(query, quarter(present));
    const wanted = choices.wanted;
    const { free, error, reload } = useFreeAt(wanted, rooms, session);
    const counts = tally(rooms, present);
    const shown = choose(rooms, { ...choices, state: wanted ? '' : choices.state, free: wanted ? free ?? new Set()
        : null }, present).sort((a, b) => byText(a.name, b.name));
    const buildings = [...new Set(shown.map(({ building }) => building))].sort(byText);
    const isAsking = wanted && !free && !error;
    return html`
        <${Head} title=${t('rooms.title')} aside=${html`
            <div class="head-actions">
                ${session.may('classrooms.book') && html`
                    <a class="button" href="/classrooms/bookings">${t('mine.title')}</a>`}
                <a class="button quiet" href="/classrooms/contact">${t('contact')}</a>
                ${session.may('classrooms.manage') && html`
                    <a class="button quiet" href="/classrooms/admin">${t('rooms.run')}</a>`}
            </div>`}>
            <p class="lead"><${Lead} counts=${counts} rooms=${rooms} wanted=${wanted} free=${free} /></p>
        <//>
        <${Toolbar} rooms=${rooms} choices=${choices} />
        ${wanted ? html`<${AtTime} wanted=${wanted} zone=${zone} />`
            : html`<${StateChoice} counts=${counts} total=${rooms.length} state=${choices.state} />`}
        ${error && !free && html`<${Problem} error=${error} small retry=${reload} />`}
        ${isAsking && html`
            <ul class="rooms" role="list"><${Skeleton} shape="card" count=${6} label=${t('rooms.lead.asking')} /></ul>`}
        ${shown.length === 0 && !isAsking && !error && html`
            <${Empty} icon="search" title=${t(wanted ? 'filter.none.then' : 'filter.none')} small>
                <p>${t('filter.none.says')}</p>
                <p class="actions"><a class="button" href="/classrooms">${t('filter.clear')}</a></p>
            <//>`}
        ${buildings.map((name) => html`
            <${Building} key=${name} name=${name} rooms=${shown.filter(({ building }) => building === name)}
                present=${present} wanted=${wanted} session=${session} pick=${pick} />`)}
        ${picked && html`
            <${BookDialog} room=${picked} ...${wanted ?? proposed(picked, present)} close=${() => pick(null)}
                done=${() => { pick(null); if (wanted) reload(); }} />`}`;
}

export function Page({ query }) {
    const { rooms, loaded, error, retry } = useRooms();
    if (!loaded && error) return html`
        <${Head} title=${t('rooms.title')} />
        <${Problem} error=${error} title=${t('rooms.unread')} retry=${retry} />`;
    if (!loaded) return html`
        <${Head} title=${t('rooms.title')}><${LeadSkeleton} /><//>
        <${Skeleton} shape="screen" label=${t('rooms.loading')} />`;
    if (rooms.length === 0) return html`
        <${Head} title=${t('rooms.title')} />
        <${Empty} icon="classrooms" title=${t('rooms.none')}><p>${t('rooms.none.says')}</p><//>`;
    return html`<${Body} rooms=${rooms} query=${query} />`;
}

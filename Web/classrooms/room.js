// One classroom: how it is, who has it when, its power, and booking it.

import { html, useState } from '/lib/html.js';
import { minuteIn } from '/lib/format.js';
import { useAction, useLoad, useSession, useTick } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { isElsewhere, quarter } from '/lib/zone.js';
import { api } from '/classrooms/api.js';
import { BookDialog } from '/classrooms/book.js';
import { DoorRules } from '/classrooms/door-share.js';
import { EntryDialog } from '/classrooms/entry.js';
import { bookedNext, bookedNow, checkInSlot, freeUntil, sinceOf, stateOf, tones } from '/classrooms/model.js';
import { timeWords, whenWords } from '/classrooms/room-card.js';
import { Bookings } from '/classrooms/room-bookings.js';
import { Power } from '/classrooms/room-power.js';
import { useChanges, useRoom } from '/classrooms/store.js';
import { t } from '/classrooms/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { Crumb, Head } from '/parts/head.js';
import { Glyph } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';
import { Share } from '/parts/share.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';

const hour = 3_600_000;
const dayLong = 86_400_000;

/** Of a booking of one's own that nobody has come to yet: saying that one is there. */
function CheckIn({ room, slot }) {
    const { busy, error, run } = useAction();
    return html`
        <div class="check-in" data-warned=${slot.presence === 'warned'}>
            <p>${slot.come_before
                ? t(slot.presence === 'warned' ? 'checkIn.warned' : 'checkIn.before',
                    { time: minuteIn(instant(slot.come_before), room.zone) })
                : t('checkIn.says')}</p>
            <p class="actions"><button type="button" class="button primary" aria-busy=${busy}
                onClick=${() => run(() => api.checkIn(room.classroom_id))}>${t('checkIn')}</button></p>
            ${error && html`<${Problem} error=${error} small level="h3" />`}
        </div>`;
}

/** What the sensor knows, and since when. */
function Seen({ room }) {
    if (!room.has_device) return html`<p class="hint">${t('device.none.says')}</p>`;
    if (!room.online) return html`
        <p class="device-silent"><${Glyph} tone="unknown" />
            <span>${t('device.silent.says',
                { age: html`<${Age} at=${instant(room.occupancy_since)} lasting />` })}</span></p>`;
    return html`
        <p class="hint">${t(room.occupancy === 'occupied' ? 'seen.occupied' : 'seen.idle',
            { age: html`<${Age} at=${instant(room.occupancy_since)} lasting open />` })}</p>`;
}

function Now({ room, present, current, mayCheckIn }) {
    const slot = bookedNow(room, present);
    const next = bookedNext(room, present);
    const checks = checkInSlot(room, present);
    const words = current && (current.own ? t('room.yours.of', { purpose: current.purpose })
        : [current.holder, current.purpose].filter(Boolean).join(' · '));
    return html`
        <section class="card room-now" aria-labelledby="now">
            <h2 id="now">${t('room.now')}</h2>
            <p class="room-now-words" data-tone=${tones[stateOf(room, present)]}>${whenWords(room, present)}</p>
            ${words && html`<p>${words}</p>`}
            ${slot?.presence === 'warned' && !(mayCheckIn && checks) && html`
                <p><${Badge} tone="warn" word=${t('presence.warned')} quiet /></p>`}
            ${freeUntil(room, present) === null && next && html`
                <p>${t('room.next', { from: timeWords(instant(next.start), room.zone, present),
                    to: minuteIn(instant(next.end), room.zone) })}</p>`}
            <${Seen} room=${room} />
            ${mayCheckIn && checks && html`<${CheckIn} room=${room} slot=${checks} />`}
        </section>`;
}

/** The time that is proposed: now if the room is free, else from when it is. */
function proposal(room, present) {
    const slot = bookedNow(room, present);
    const start = slot ? quarter(instant(slot.end) + room.buffer_minutes * 60_000)
        : Math.floor(present / 300_000) * 300_000;
    const next = bookedNext(room, start);
    return { start, end: next ? Math.max(start + 300_000, Math.min(start + hour, instant(next.start))) : start + hour };
}

function Hours({ hours }) {
    if (hours === 'always') return t('hours.always');
    const days = Object.entries(hours);
    return days.length === 0 ? t('hours.never') : html`
        <ul class="room-hours" role="list">${days.map(([day, parts]) => html`
            <li key=${day}><span>${t(`day.${day}`)}</span> ${parts.join(', ')}</li>`)}</ul>`;
}

function Facts({ room }) {
    return html`
        <section class="card" aria-labelledby="facts">
            <h2 id="facts">${t('room.facts')}</h2>
            <dl class="facts">
                ${room.building && html`<div><dt>${t('facts.building')}</dt><dd>${room.building}</dd></div>`}
                ${room.capacity > 0 && html`
                    <div><dt>${t('facts.capacity')}</dt><dd>${t('seats', { count: room.capacity })}</dd></div>`}
                ${room.equipment.length > 0 && html`
                    <div><dt>${t('facts.equipment')}</dt><dd>${room.equipment.join(', ')}</dd></div>`}
                <div><dt>${t('facts.hours')}</dt><dd><${Hours} hours=${room.hours} /></dd></div>
                ${room.buffer_minutes > 0 && html`
                    <div><dt>${t('facts.buffer')}</dt><dd>${t('minutes', { count: room.buffer_minutes })}</dd></div>`}
                ${room.needs_approval && html`
                    <div><dt>${t('facts.approval')}</dt><dd>${t('facts.approval.yes')}</dd></div>`}
                ${isElsewhere(room.zone) && html`<div><dt>${t('facts.zone')}</dt><dd>${room.zone}</dd></div>`}
            </dl>
            <p class="room-contact"><a
                href=${`/classrooms/contact?room=${encodeURIComponent(room.classroom_id)}`}>${t('contact.room')}</a></p>
        </section>`;
}

/** All that is about the room, once its bookings are known: what came later would push the rest down. */
function Columns({ room, present, bookings, error, reload, open }) {
    const session = useSession();
    const runs = (at) => (bookings ?? []).find(({ start, end }) => instant(start) <= at && present < instant(end));
    const current = runs(present);
    // One may check in ten minutes before.
    const soon = current ?? runs(present + 600_000);
    const mayCheckIn = soon !== undefined && (soon.own || session.may('classrooms.bookings', room.site));
    return html`
        <div class="room-page">
            <div class="stack">
                <${Now} room=${room} present=${present} current=${current} mayCheckIn=${mayCheckIn} />
                <${Bookings} room=${room} bookings=${bookings} error=${error} retry=${reload} open=${open} />
            </div>
            <div class="stack">
                <${Power} room=${room} asAdmin=${session.may('classrooms.power', room.site)}
                    mayBook=${session.may('classrooms.book', room.site)}
                    until=${current?.own ? instant(current.end) : null} />
                <${Facts} room=${room} />
                <${Share} solution="classrooms" thing=${room.classroom_id} noun="classroom" site=${room.site}
                    says=${t('share.says')} label=${t('share.label')} once=${t('share.once')} />
                <${DoorRules} room=${room} />
            </div>
        </div>`;
}

function Body({ room }) {
    useTick();
    const session = useSession();
    const [booking, book] = useState(null);
    const [opened, open] = useState(null);
    const present = now();
    const state = stateOf(room, present);
    const changes = useChanges(room.classroom_id);
    // What is running began before now.
    const { data: bookings, error, reload } = useLoad(`${room.classroom_id} ${changes}`, (options) => api.bookings(
        room.classroom_id, { from: Math.floor(now()), to: Math.floor(now() + 7 * dayLong) }, options));
    const mayBook = session.may('classrooms.book', room.site);
    const week = `/classrooms/rooms/${encodeURIComponent(room.classroom_id)}/week`;
    return html`
        <${Head} title=${room.name} above=${html`<${Crumb} path="/classrooms" word=${t('room.all')} />`}
            aside=${html`
                <div class="head-actions">
                    <a class="button" href=${week}>${t('room.week')}</a>
                    ${mayBook && html`<button type="button" class="button primary"
                        onClick=${() => book(proposal(room, present))}>${t('book')}</button>`}
                </div>`}>
            <p class="lead"><${Badge} tone=${tones[state]} word=${t(`state.${state}`)}
                since=${sinceOf(room, present)} /></p>
        <//>
        ${!bookings && !error && html`<${Skeleton} shape="screen" label=${t('room.loading')} />`}
        ${(bookings || error) && html`
            <${Columns} room=${room} present=${present} bookings=${bookings} error=${error} reload=${reload}
                open=${open} />`}
        ${booking && html`<${BookDialog} room=${room} ...${booking} close=${() => book(null)}
            done=${() => { book(null); reload(); }} />`}
        ${opened && html`<${EntryDialog} room=${room} entry=${opened} close=${() => open(null)} done=${reload} />`}`;
}

export function Page({ params }) {
    const { room, loaded, error, retry } = useRoom(params.id);
    if ((!loaded && error?.status === 404) || (loaded && !room)) return html`
        <${Head} title=${t('room.missing')} above=${html`<${Crumb} path="/classrooms" word=${t('room.all')} />`} />
        <${Empty} icon="classrooms" title=${t('room.missing.says')} small>
            <p class="actions"><a class="button" href="/classrooms">${t('room.all')}</a></p>
        <//>`;
    if (!loaded && error) return html`
        <${Head} title=${t('room')} /><${Problem} error=${error} title=${t('room.unread')} retry=${retry} />`;
    if (!loaded) return html`
        <${Head} title=${t('room')}><${LeadSkeleton} /><//>
        <${Skeleton} shape="screen" label=${t('room.loading')} />`;
    return html`<${Body} room=${room} />`;
}

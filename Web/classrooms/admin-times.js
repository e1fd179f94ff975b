// When rooms are booked: who has them, whether somebody came, what the sensor saw, and cancelling.

import { html, useState } from '/lib/html.js';
import { dayAndMinuteIn, exact, minuteIn } from '/lib/format.js';
import { useLoad } from '/lib/hooks.js';
import { usePages } from '/lib/pages.js';
import { instant, now } from '/lib/time.js';
import { admin } from '/classrooms/admin-api.js';
import { t } from '/classrooms/admin-words.js';
import { useReload } from '/classrooms/store.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Dialog } from '/parts/dialog.js';
import { Empty } from '/parts/empty.js';
import { Choice } from '/parts/form.js';
import { More } from '/parts/more.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { toast } from '/parts/toast.js';

const tones = { awaited: 'unknown', warned: 'warn', confirmed: 'good', released: 'bad', unverified: 'unknown',
    unused: 'warn' };

const spanOf = ({ start, end }, zone) => `${minuteIn(instant(start), zone)}–${minuteIn(instant(end), zone)}`;

/** How it is with a time, for a badge: [tone, word]. */
function standing(time) {
    if (time.requested) return ['busy', t('came.requested')];
    if (time.presence === 'awaited' && instant(time.start) > now()) return ['unknown', t('came.later')];
    return [tones[time.presence], t(`came.${time.presence}`)];
}

function Cancel({ time, room, close, reload }) {
    const [which, choose] = useState('one');
    const act = async () => {
        await admin.cancelTime(time.booking_id, time.occurrence, which === 'following');
        toast({ text: t('times.cancelled', { room: room.name }) });
        reload();
    };
    return html`
        <${Confirm} title=${t('times.cancel.title', { room: room.name })} action=${t('times.cancel')} act=${act}
            close=${close}>
            <p>${t('times.cancel.says', { time: dayAndMinuteIn(instant(time.start), room.zone),
                holder: time.holder ?? t('somebody') })}</p>
            <${Choice} legend=${t('times.cancel.which')} name="which" value=${which} change=${choose}
                options=${[['one', t('times.cancel.one')], ['following', t('times.cancel.following')]]} />
        <//>`;
}

/** What the sensor had seen when the rest of a booking was given away. */
function Proof({ time, room, close }) {
    const { data, error } = useLoad(time.booking_id, (options) => admin.booking(time.booking_id, options));
    const proof = data?.occurrences.find((each) => each.occurrence === time.occurrence)?.proof;
    const facts = proof && [['warned_at', 'proof.warned'], ['released_at', 'proof.released'],
        ['last_occupied', 'proof.occupied'], ['seen_since', 'proof.since'], ['last_seen', 'proof.heard']];
    return html`
        <${Dialog} title=${t('proof.title', { room: room.name })} open=${true} close=${close}>
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            ${!data && !error && html`<${Skeleton} shape="row" label=${t('proof.loading')} />`}
            ${data && !proof && html`<p>${t('proof.none')}</p>`}
            ${proof && html`
                <dl class="facts">
                    <div><dt>${t('device')}</dt><dd>${proof.device_id}</dd></div>
                    ${facts.map(([key, word]) => html`<div key=${key}><dt>${t(word)}</dt><dd>${proof[key]
                        ? exact(instant(proof[key])) : t('proof.never')}</dd></div>`)}
                </dl>`}
        <//>`;
}

/** Whether an event says otherwise than the list of who has its room now: somebody came, or it was given away. */
function isNews({ classroom_id: id, current: slot }, times) {
    const present = now();
    return times.some((time) => time.classroom_id === id && instant(time.start) <= present
        && present < instant(time.end)
        && (instant(slot?.start) !== instant(time.start) || slot.presence !== time.presence));
}

/** @param rooms those that one may manage bookings of; @param room only this one, or null for all */
export function BookedTimes({ rooms, room, from, to }) {
    const query = { from: new Date(from).toISOString(), to: new Date(to).toISOString(),
        classroom_id: room?.classroom_id };
    const { data, error, more, loading, reload } = usePages(`times ${JSON.stringify(query)}`, 'bookings',
        (page, options) => admin.times({ ...query, ...page }, options));
    const [asked, ask] = useState(null);
    useReload(['classrooms/+/bookings'], reload);
    useReload(['classrooms/+/state'], reload, ({ data: said }) => isNews(said, data?.rows ?? []));
    if (!data && error) return html`
        <${Problem} error=${error} title=${t('times.unread')} retry=${reload} />`;
    if (!data) return html`<${Skeleton} shape="block" label=${t('times.loading')} />`;
    if (data.rows.length === 0) return html`
        <${Empty} icon="calendar" title=${t('times.none')} small><p>${t('times.none.says')}</p><//>`;
    const known = new Map(rooms.map((each) => [each.classroom_id, each]));
    const roomOf = (time) => known.get(time.classroom_id) ?? { name: time.classroom_id, zone: rooms[0].zone };
    const columns = [
        { key: 'time', label: t('time'), head: true, cell: (time) => html`
            <span class="room-time">${spanOf(time, roomOf(time).zone)}</span>` },
        { key: 'room', label: t('room'), cell: (time) => html`<a href=${
            `/classrooms/admin/rooms/${encodeURIComponent(time.classroom_id)}`}>${roomOf(time).name}</a>` },
        { key: 'holder', label: t('times.holder'), phone: (time) => time.holder, cell: (time) => time.holder
            ?? html`<span class="absent">–</span>` },
        { key: 'purpose', label: t('times.purpose'), phone: (time) => time.purpose, cell: (time) => time.purpose
            ?? html`<span class="absent">–</span>` },
        { key: 'state', label: t('state'), phone: 'more', cell: (time) => {
            const [tone, word] = standing(time);
            return html`<${Badge} tone=${tone} word=${word} quiet />`;
        } },
        { key: 'act', label: html`<span class="unseen">${t('times.cancel')}</span>`, align: 'end', cell: (time) => {
            const name = html`<span class="unseen"> ${roomOf(time).name} ${time.purpose}</span>`;
            if (time.presence === 'released') return html`<button type="button" class="button small"
                onClick=${() => ask({ proof: time })}>${t('proof')}${name}</button>`;
            return instant(time.end) > now() && html`<button type="button" class="button small"
                onClick=${() => ask({ cancel: time })}>${t('times.cancel')}${name}</button>`;
        } },
    ];
    const close = () => ask(null);
    return html`
        <${Table} caption=${t('times.table')} columns=${columns} rows=${data.rows}
            rowKey=${(time) => `${time.booking_id} ${time.occurrence}`} />
        <${More} more=${more} loading=${loading} word=${t('times.more')} />
        ${asked?.cancel && html`<${Cancel} time=${asked.cancel} room=${roomOf(asked.cancel)} close=${close}
            reload=${reload} />`}
        ${asked?.proof && html`<${Proof} time=${asked.proof} room=${roomOf(asked.proof)} close=${close} />`}`;
}

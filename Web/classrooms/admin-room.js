// One room for those who run it: its power and its device now, what people say of it, and removing it.

import { html, useState } from '/lib/html.js';
import { useLoad, useSession, useTick } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { navigate } from '/app/router.js';
import { admin } from '/classrooms/admin-api.js';
import { Top, useAdminRooms } from '/classrooms/admin-nav.js';
import { RoomForm } from '/classrooms/admin-room-form.js';
import { DeviceBadge } from '/classrooms/admin-rooms.js';
import { PowerControl } from '/classrooms/admin-switch.js';
import { t } from '/classrooms/admin-words.js';
import { stateOf, tones } from '/classrooms/model.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Empty } from '/parts/empty.js';
import { Crumb } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { LinkChoice } from '/parts/tabs.js';
import { toast } from '/parts/toast.js';

const base = '/classrooms/admin';
const withDevice = (id) => `${base}/devices?device=${encodeURIComponent(id)}`;
const back = html`<${Crumb} path=${`${base}/rooms`} word=${t('rooms.all')} />`;

function DeviceCard({ room }) {
    // Which device it is changes with whether there is one.
    const { data, error } = useLoad(`device ${room.classroom_id} ${room.has_device}`, async (options) =>
        (await admin.devices(options)).find((each) => each.classroom_id === room.classroom_id) ?? null);
    return html`
        <section class="card stack" aria-labelledby="device">
            <h2 id="device">${t('device')}</h2>
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <dl class="facts">
                <div><dt>${t('state')}</dt><dd><${DeviceBadge} room=${room} /></dd></div>
                ${data && html`
                    <div><dt>${t('device.name')}</dt>
                        <dd><a href=${withDevice(data.device_id)}>${data.device_id}</a></dd></div>
                    <div><dt>${t('device.missing')}</dt><dd>${data.missing_reports}</dd></div>`}
                <div><dt>${t('device.seen')}</dt><dd><${Age} at=${instant(room.observed_at)} /></dd></div>
            </dl>
            ${!room.has_device && html`<p class="actions"><a class="button"
                href=${`${base}/devices?add=${encodeURIComponent(room.classroom_id)}`}>${t('device.add')}</a></p>`}
        </section>`;
}

function Now({ room, session }) {
    const path = encodeURIComponent(room.classroom_id);
    return html`
        <div class="admin-cards">
            <section class="card stack" aria-labelledby="power">
                <h2 id="power">${t('power.title')}</h2>
                <${PowerControl} key=${room.classroom_id} room=${room}
                    may=${session.may('classrooms.power', room.site)} />
            </section>
            <${DeviceCard} room=${room} />
            <section class="card stack" aria-labelledby="more">
                <h2 id="more">${t('more.title')}</h2>
                <p class="actions">
                    <a class="button" href=${`/classrooms/rooms/${path}`}>${t('more.page')}</a>
                    ${session.may('classrooms.bookings', room.site) && html`<a class="button"
                        href=${`${base}/bookings?room=${path}`}>${t('more.bookings')}</a>`}
                    <a class="button" href=${`${base}/logs?room=${path}`}>${t('more.logs')}</a>
                </p>
            </section>
        </div>`;
}

function Settings({ room, reload }) {
    const [asks, ask] = useState(false);
    return html`
        <${RoomForm} key=${room.classroom_id} room=${room} changed=${reload} />
        <section class="card stack admin-remove" aria-labelledby="remove">
            <h2 id="remove">${t('room.remove')}</h2>
            <p>${t('room.remove.says')}</p>
            <p class="actions"><button type="button" class="button danger"
                onClick=${() => ask(true)}>${t('room.remove.ask')}</button></p>
            ${asks && html`
                <${Confirm} title=${t('room.remove.title', { room: room.name })} action=${t('room.remove')}
                    typed=${room.classroom_id} close=${() => ask(false)}
                    act=${async () => {
                        await admin.remove(room.classroom_id);
                        toast({ text: t('room.removed', { room: room.name }) });
                        navigate(`${base}/rooms`);
                    }}><p>${t('room.remove.says')}</p><//>`}
        </section>`;
}

export function Page({ params, query }) {
    useTick();
    const session = useSession();
    const { rooms, loaded, error, retry } = useAdminRooms();
    const room = rooms.find((each) => each.classroom_id === params.id);
    if (!loaded && error) return html`
        <${Top} title=${t('room')} above=${back} />
        <${Problem} error=${error} title=${t('room.unread')} retry=${retry} />`;
    if (!loaded) return html`
        <${Top} title=${t('room')} above=${back}><${LeadSkeleton} /><//>
        <${Skeleton} shape="panel" count=${2} label=${t('room.loading')} />`;
    if (!room) return html`
        <${Top} title=${t('room.missing')} above=${back} />
        <${Empty} icon="classrooms" title=${t('room.missing')}>
            <p class="actions"><a class="button" href=${`${base}/rooms`}>${t('rooms.all')}</a></p>
        <//>`;
    const state = stateOf(room, now());
    const tab = query.get('tab') === 'settings' ? 'settings' : null;
    return html`
        <${Top} title=${room.name} above=${back}
            aside=${html`<${Badge} tone=${tones[state]} word=${t(`state.${state}`)} />`}>
            <p class="lead">${[room.building, room.capacity > 0 && t('seats', { count: room.capacity }),
                ...room.equipment].filter(Boolean).join(' · ')}</p>
        <//>
        <div class="admin-pages">
            <${LinkChoice} label=${t('room.parts')} name="tab" value=${tab}
                options=${[[null, t('room.now')], ['settings', t('room.settings')]]} />
        </div>
        ${tab ? html`<${Settings} room=${room} reload=${retry} />`
            : html`<${Now} room=${room} session=${session} />`}`;
}

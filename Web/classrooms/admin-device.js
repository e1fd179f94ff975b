// What is done with a device: added with a key that is shown once, put in another room, given a new key, removed.

import { html, useState } from '/lib/html.js';
import { byText } from '/lib/format.js';
import { useAction, useSession } from '/lib/hooks.js';
import { shellWord } from '/lib/shell.js';
import { instant } from '/lib/time.js';
import { admin } from '/classrooms/admin-api.js';
import { t } from '/classrooms/admin-words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Command } from '/parts/copy.js';
import { Dialog } from '/parts/dialog.js';
import { focusWrong } from '/parts/form.js';
import { Name, Select } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Secret } from '/parts/secret.js';
import { toast } from '/parts/toast.js';

/** How a device is, for a badge: [tone, word]. */
export const stateOfDevice = ({ room, online, last_seen: seen }) => (!room ? ['unknown', t('device.spare')]
    : online ? ['good', t('device.heard')] : seen ? ['warn', t('device.offline')] : ['unknown', t('device.never')]);

/** Rooms that a device may go to, as options: those of its site without a device, and its own. */
const roomsFor = (rooms, own, site) => rooms.filter((room) => room.classroom_id === own
    || (!room.has_device && (site === null || room.site === site)))
    .sort((a, b) => byText(a.building, b.building) || byText(a.name, b.name))
    .map((room) => [room.classroom_id, room.building ? `${room.name} · ${room.building}` : room.name]);

/** The line that tries a key: the report of a device, by hand. */
function tryLine(device, key) {
    const header = (name, value) => `-H ${shellWord(`${name}: ${value}`)}`;
    return `curl ${header('X-Device-Id', device)} ${header('X-API-Key', key)} ${
        header('Content-Type', 'application/json')} -d ${shellWord('{"is_occupied":false,"is_power_on":true}')} ${
        shellWord(`${location.origin}/api/esp/status`)}`;
}

/** A device's new key, shown this once. */
export function DeviceKey({ device, close }) {
    return html`
        <${Dialog} title=${t('key.of', { device: device.device_id })} open=${true} close=${close}>
            <div class="stack">
                <${Secret} label=${t('key')} value=${device.api_key} says=${t('key.says')} />
                <div><p class="secret-label">${t('key.try')}</p>
                    <${Command} line=${tryLine(device.device_id, device.api_key)} label=${t('key.try')} /></div>
                <p class="actions end"><button type="button" class="button primary"
                    onClick=${close}>${t('key.kept')}</button></p>
            </div>
        <//>`;
}

/** @param room the room that is chosen already, or an empty text */
export function AddDevice({ rooms, room, close, made }) {
    const free = roomsFor(rooms, null, null);
    const [id, setID] = useState('');
    const [to, setTo] = useState(free.some(([each]) => each === room) ? room : free[0]?.[0] ?? '');
    const [wrong, setWrong] = useState(null);
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        const fault = /^[A-Za-z0-9._:@-]{1,64}$/.test(id.trim()) ? null : t('id.wrong');
        setWrong(fault);
        if (fault) { focusWrong(event.target); return; }
        const device = await run(() => admin.addDevice({ device_id: id.trim(), classroom_id: to }));
        if (device) made(device);
    };
    if (free.length === 0) return html`
        <${Dialog} title=${t('device.add')} open=${true} close=${close}>
            <p>${t('device.noRoom')}</p>
            <p class="actions"><a class="button" href="/classrooms/admin/rooms?add=room">${t('room.add')}</a></p>
        <//>`;
    return html`
        <${Dialog} title=${t('device.add')} open=${true} close=${close}>
            <form class="stack" onSubmit=${submit} novalidate>
                <${Name} label=${t('device.name')} hint=${t('device.name.hint')} value=${id} set=${setID}
                    error=${wrong} maxlength="64" />
                <${Select} label=${t('room')} value=${to} set=${setTo} options=${free} />
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end"><button type="submit" class="button primary"
                    aria-busy=${busy}>${t('device.add.act')}</button></p>
            </form>
        <//>`;
}

function Move({ device, rooms, changed }) {
    const own = device.classroom_id ?? '';
    const [to, setTo] = useState(own);
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        if (await run(() => admin.moveDevice(device.device_id, to || null)) === undefined) return;
        toast({ text: to ? t('device.moved', { device: device.device_id,
            room: rooms.find((room) => room.classroom_id === to)?.name ?? to })
            : t('device.takenOut', { device: device.device_id }) });
        changed();
    };
    return html`
        <form class="stack" onSubmit=${submit}>
            <${Select} label=${t('room')} value=${to} set=${setTo}
                options=${[['', t('device.nowhere')], ...roomsFor(rooms, own, device.site)]} />
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions"><button type="submit" class="button small" disabled=${to === own}
                aria-busy=${busy}>${t('device.move')}</button></p>
        </form>`;
}

/** One device, with what may be done to it; `keyed` is given its new key. */
export function DeviceDialog({ device, rooms, close, changed, keyed }) {
    const session = useSession();
    const [asks, ask] = useState(null);
    const may = session.may('devices.manage', device.site);
    const [tone, word] = stateOfDevice(device);
    const name = device.device_id;
    return html`
        <${Dialog} title=${name} open=${true} close=${close}>
            <div class="stack wide-gap">
                <dl class="facts">
                    <div><dt>${t('state')}</dt><dd><${Badge} tone=${tone} word=${word} quiet /></dd></div>
                    <div><dt>${t('device.seen')}</dt><dd><${Age} at=${instant(device.last_seen)} /></dd></div>
                    <div><dt>${t('device.missing')}</dt><dd>${device.missing_reports}</dd></div>
                    <div><dt>${t('device.firmware')}</dt><dd>${device.firmware ?? t('device.unsaid')}</dd></div>
                </dl>
                <${Move} key=${device.classroom_id} device=${device} rooms=${rooms} changed=${changed} />
                <p class="actions">
                    ${may && html`
                        <button type="button" class="button small"
                            onClick=${() => ask('key')}>${t('key.new.ask')}</button>
                        <button type="button" class="button small danger"
                            onClick=${() => ask('remove')}>${t('device.remove.ask')}</button>`}
                    ${session.may('devices.view') && html`<a class="button small quiet"
                        href=${`/admin/devices?device=${encodeURIComponent(name)}`}>${t('device.more')}</a>`}
                </p>
            </div>
            ${asks === 'key' && html`
                <${Confirm} title=${t('key.new.title', { device: name })} action=${t('key.new')}
                    close=${() => ask(null)} act=${async () => { keyed(await admin.newKey(name)); changed(); }}>
                    <p>${t('key.new.says')}</p>
                <//>`}
            ${asks === 'remove' && html`
                <${Confirm} title=${t('device.remove.title', { device: name })} action=${t('device.remove')}
                    typed=${name} close=${() => ask(null)}
                    act=${async () => {
                        await admin.removeDevice(name);
                        toast({ text: t('device.removed', { device: name }) });
                        close();
                        changed();
                    }}><p>${t('device.remove.says')}</p><//>`}
        <//>`;
}

// One device: what is known of it, and what can be done to it.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { session } from '/lib/session.js';
import { devices } from '/admin/api.js';
import { credentials, states } from '/admin/device-words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Dialog } from '/parts/dialog.js';
import { Name, Select } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Refusals } from '/parts/refusals.js';
import { toast } from '/parts/toast.js';

function Place({ device, sites, changed }) {
    const [site, setSite] = useState(device.site);
    const [controller, setController] = useState(device.controller ?? '');
    const { busy, error, run } = useAction();
    const same = site === device.site && controller.trim() === (device.controller ?? '');
    const submit = async (event) => {
        event.preventDefault();
        const done = await run(() => devices.change(device.id, { site, controller: controller.trim() || null }));
        if (done === undefined) return;
        toast({ text: `${device.id} is changed.` });
        changed();
    };
    return html`
        <form class="stack" onSubmit=${submit}>
            <${Select} label="Site" value=${site} set=${setSite} options=${sites.map((each) => [each.id, each.title || each.id])} />
            <${Name} label="Controller" value=${controller} set=${setController} maxlength="64"
                hint="Another device that may speak for this one. Empty: none." />
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions">
                <button type="submit" class="button small" disabled=${same} aria-busy=${busy}>Save</button>
            </p>
        </form>`;
}

const asked = {
    rotate: ['New key for', 'Make a new key', 'The present key stops working at once, and so does its connection.'],
    disable: ['Disable', 'Disable', 'Its connection ends at once, and it is refused until you enable it again.'],
    remove: ['Remove', 'Remove', 'It is forgotten and refused. What it reported stays.'],
};

export function DeviceDialog({ device, sites, close, changed, keyed }) {
    const [asking, ask] = useState(null);
    const { error, run } = useAction();
    const may = session.may('devices.manage', device.site);
    const [tone, word] = states[device.state];
    const acts = {
        rotate: async () => { const made = await devices.rotate(device.id); changed(); keyed({ ...device, ...made }); },
        disable: async () => { await devices.disable(device.id); changed(); },
        remove: async () => { await devices.remove(device.id); changed(); close(); },
    };
    const enable = () => run(async () => { await devices.enable(device.id); changed(); });
    return html`
        <${Dialog} title=${device.id} open=${true} close=${close}>
            <div class="stack wide-gap">
                <dl class="facts">
                    <div><dt>State</dt><dd><${Badge} tone=${tone} word=${word} quiet /></dd></div>
                    <div><dt>Connection</dt><dd>${device.connected ? 'connected' : 'not connected'}</dd></div>
                    <div><dt>Kind</dt><dd>${device.kind ?? 'unknown'}</dd></div>
                    <div><dt>Proves itself by</dt><dd>${credentials[device.credential] ?? device.credential}</dd></div>
                    <div><dt>Firmware</dt><dd>${device.firmware ?? 'not said'}</dd></div>
                    <div><dt>Address</dt><dd><code>${device.address ?? 'none'}</code></dd></div>
                    <div><dt>Last heard of</dt><dd><${Age} at=${instant(device.last_seen)} /></dd></div>
                    <div><dt>First heard of</dt><dd><${Age} at=${instant(device.first_seen)} /></dd></div>
                </dl>
                ${may && device.state !== 'pending' && html`
                    <${Refusals} of=${device.id} load=${(options) => devices.refusals(device.id, options)} level="h3" />`}
                ${may && html`
                    <${Place} key=${`${device.site} ${device.controller}`} device=${device} sites=${sites} changed=${changed} />
                    ${error && html`<${Problem} error=${error} small level="h3" />`}
                    <p class="actions">
                        <button type="button" class="button small" onClick=${() => ask('rotate')}>New key…</button>
                        ${device.state === 'disabled'
                            ? html`<button type="button" class="button small" onClick=${enable}>Enable</button>`
                            : html`<button type="button" class="button small" onClick=${() => ask('disable')}>Disable…</button>`}
                        <button type="button" class="button small danger" onClick=${() => ask('remove')}>Remove…</button>
                    </p>`}
            </div>
            ${asking && html`
                <${Confirm} title=${`${asked[asking][0]} ${device.id}`} action=${asked[asking][1]} close=${() => ask(null)}
                    typed=${asking === 'remove' ? device.id : null} act=${acts[asking]}>
                    <p>${asked[asking][2]}</p>
                <//>`}
        <//>`;
}

// One device: what is known of it, and what can be done to it.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { session } from '/lib/session.js';
import { devices } from '/admin/api.js';
import { Picture } from '/admin/device-picture.js';
import { credentials, kindWords, pageOf, standings, states } from '/admin/device-words.js';
import { t } from '/admin/words.js';
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
        toast({ text: t('device.changed', { id: device.id }) });
        changed();
    };
    return html`
        <form class="stack" onSubmit=${submit}>
            <${Select} label=${t('site')} value=${site} set=${setSite}
                options=${sites.map((each) => [each.id, each.title || each.id])} />
            <${Name} label=${t('controller')} value=${controller} set=${setController} maxlength="64"
                hint=${t('device.controller.hint')} />
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions">
                <button type="submit" class="button small" disabled=${same} aria-busy=${busy}>${t('save')}</button>
            </p>
        </form>`;
}

const asked = {
    rotate: [t('key.new.title'), t('key.new.act'), t('key.new.says')],
    disable: [t('disable.act'), t('disable.act'), t('disable.says')],
    remove: [t('remove.act'), t('remove.act'), t('remove.says')],
};

/** What it is; where its solution has a page of it, the way there. */
function Kind({ device }) {
    const words = kindWords(device.kind) ?? t('unknown');
    const page = device.state === 'pending' ? null : pageOf(device);
    return page ? html`<a href=${page}>${words}</a>` : words;
}

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
                    <div><dt>${t('state')}</dt><dd><${Badge} tone=${tone} word=${word} quiet /></dd></div>
                    <div><dt>${t('connection')}</dt><dd>${device.connected
                        ? t('connected.yes') : t('connected.no')}</dd></div>
                    ${standings(device).map((each) => html`
                        <div key=${each.subject}>
                            <dt>${t('standing')}</dt><dd><${Badge} ...${each} quiet /></dd>
                        </div>`)}
                    <div><dt>${t('kind')}</dt><dd><${Kind} device=${device} /></dd></div>
                    <div><dt>${t('device.proof')}</dt><dd>${credentials[device.credential]
                        ?? device.credential}</dd></div>
                    <div><dt>${t('firmware')}</dt><dd>${device.firmware ?? t('pending.notSaid')}</dd></div>
                    <div><dt>${t('address')}</dt><dd><code>${device.address ?? t('address.none')}</code></dd></div>
                    <div><dt>${t('device.last')}</dt><dd><${Age} at=${instant(device.last_seen)} /></dd></div>
                    <div><dt>${t('device.first')}</dt><dd><${Age} at=${instant(device.first_seen)} /></dd></div>
                </dl>
                ${device.state !== 'pending' && html`
                    <${Picture} key=${device.id} device=${device} may=${may} changed=${changed} />`}
                ${may && device.state !== 'pending' && html`
                    <${Refusals} of=${device.id} load=${(options) => devices.refusals(device.id, options)}
                        level="h3" />`}
                ${may && html`
                    <${Place} key=${`${device.site} ${device.controller}`} device=${device} sites=${sites}
                        changed=${changed} />
                    ${error && html`<${Problem} error=${error} small level="h3" />`}
                    <p class="actions">
                        <button type="button" class="button small"
                            onClick=${() => ask('rotate')}>${t('key.new.ask')}</button>
                        ${device.state === 'disabled'
                            ? html`<button type="button" class="button small" onClick=${enable}>${t('enable')}</button>`
                            : html`<button type="button" class="button small"
                                onClick=${() => ask('disable')}>${t('disable.ask')}</button>`}
                        <button type="button" class="button small danger"
                            onClick=${() => ask('remove')}>${t('remove.ask')}</button>
                    </p>`}
            </div>
            ${asking && html`
                <${Confirm} title=${t('askedTitle', { what: asked[asking][0], name: device.id })}
                    action=${asked[asking][1]} close=${() => ask(null)}
                    typed=${asking === 'remove' ? device.id : null} act=${acts[asking]}>
                    <p>${asked[asking][2]}</p>
                <//>`}
        <//>`;
}

// Adds a tank with its device, and shows the key of the device: once.

import { html, useState } from '/lib/html.js';
import { ask } from '/lib/api.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { session } from '/lib/session.js';
import { Dialog } from '/parts/dialog.js';
import { focusWrong } from '/parts/form.js';
import { Name, Select, Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Secret } from '/parts/secret.js';
import { Skeleton } from '/parts/skeleton.js';
import { t } from '/tanks/words.js';

/** Whether somebody may add tanks and make keys, at a site or anywhere. */
const may = (site = null) => ['tanks.manage', 'devices.manage'].every((right) => session.may(right, site));

const isName = (text) => /^[A-Za-z0-9._:@-]{1,64}$/.test(text);

function Form({ sites, made }) {
    const [name, setName] = useState('');
    const [title, setTitle] = useState('');
    const [site, setSite] = useState(sites[0]?.id ?? 'main');
    const [wrong, setWrong] = useState(null);
    const { busy, error, run } = useAction();
    const send = async (event) => {
        event.preventDefault();
        const id = name.trim();
        setWrong(isName(id) ? null : t('nameWrong'));
        if (!isName(id)) {
            focusWrong(event.target);
            return;
        }
        const body = { device_id: id, site, ...(title.trim() ? { title: title.trim() } : {}) };
        const tank = await run(() => ask('POST', '/api/tanks', { body }));
        if (tank) made(tank);
    };
    return html`
        <form onSubmit=${send} novalidate>
            <${Name} label=${t('name')} hint=${t('nameHint')} value=${name} set=${setName} error=${wrong}
                maxlength="64" />
            <${Text} label=${t('title')} hint=${t('titleHint')} value=${title} set=${setTitle} maxlength="100" />
            <${Select} label=${t('site')} value=${site} set=${setSite}
                options=${sites.map((each) => [each.id, each.title || each.id])} />
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions end">
                <button type="submit" class="button primary" aria-busy=${busy}>${t('addTank')}</button>
            </p>
        </form>`;
}

function Adding({ made, close }) {
    const { data, error, reload } = useLoad('sites', (options) => ask('GET', '/api/sites', options));
    const sites = data?.sites.filter(({ id }) => may(id));
    return html`
        <${Dialog} title=${t('addTank')} open=${true} close=${close}>
            ${sites && html`<${Form} sites=${sites} made=${made} />`}
            ${!sites && error && html`
                <${Problem} error=${error} title=${t('sitesNotRead')} retry=${reload} small level="h3" />`}
            ${!sites && !error && html`<${Skeleton} shape="line" count=${3} label=${t('loadingSites')} />`}
        <//>`;
}

const Key = ({ tank, close }) => html`
    <${Dialog} title=${t('keyOf', { title: tank.title })} open=${true} close=${close}>
        <div class="stack">
            <${Secret} label=${t('keyOf', { title: tank.title })} value=${tank.key}
                says=${t('keySays', { id: tank.device_id })} />
            <p class="actions end"><button type="button" class="button primary" onClick=${close}>
                ${t('keyKept')}</button></p>
        </div>
    <//>`;

/** The button, for those who may; then the form, and then the key of the tank that was made. */
export function AddTank() {
    const [isOpen, open] = useState(false);
    const [tank, setTank] = useState(null);
    if (!may()) return null;
    const made = (added) => { open(false); setTank(added); };
    return html`
        <button type="button" class="button" onClick=${() => open(true)}>${t('addTank')}</button>
        ${isOpen && html`<${Adding} made=${made} close=${() => open(false)} />`}
        ${tank && html`<${Key} tank=${tank} close=${() => setTank(null)} />`}`;
}

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { devices } from '/admin/api.js';
import { kindWords } from '/admin/device-words.js';
import { t } from '/admin/words.js';
import { Dialog } from '/parts/dialog.js';
import { focusWrong } from '/parts/form.js';
import { Name, Select } from '/parts/input.js';
import { Problem } from '/parts/problem.js';

export function AddDevice({ kinds, sites, close, made }) {
    const [id, setID] = useState('');
    const [kind, setKind] = useState(kinds[0] ?? '');
    const [site, setSite] = useState(sites[0]?.id ?? 'main');
    const [controller, setController] = useState('');
    const [wrong, setWrong] = useState(null);
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        const name = id.trim();
        const fault = /^[A-Za-z0-9._:@-]{1,64}$/.test(name) ? null : t('device.id.wrong');
        setWrong(fault);
        if (fault) { focusWrong(event.target); return; }
        const body = { id: name, kind, site, ...(controller.trim() ? { controller: controller.trim() } : {}) };
        const device = await run(() => devices.add(body));
        if (device) made(device);
    };
    return html`
        <${Dialog} title=${t('device.add')} open=${true} close=${close}>
            <form onSubmit=${submit} novalidate>
                <${Name} label="Id" value=${id} set=${setID} error=${wrong} maxlength="64"
                    hint=${t('device.id.hint')} />
                <${Select} label=${t('kind')} value=${kind} set=${setKind}
                    options=${kinds.map((each) => [each, kindWords(each)])} />
                <${Select} label=${t('site')} value=${site} set=${setSite}
                    options=${sites.map((each) => [each.id, each.title || each.id])} />
                <${Name} label=${t('device.controller.optional')} value=${controller}
                    set=${setController} maxlength="64" />
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="submit" class="button primary" aria-busy=${busy}>${t('device.add.act')}</button>
                </p>
            </form>
        <//>`;
}

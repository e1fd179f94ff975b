import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { devices } from '/admin/api.js';
import { Dialog } from '/parts/dialog.js';
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
        const fault = /^[A-Za-z0-9._:@-]{1,64}$/.test(name) ? null : 'Use 1 to 64 letters, digits and . _ - : @';
        setWrong(fault);
        if (fault) { requestAnimationFrame(() => event.target.querySelector('[aria-invalid]')?.focus()); return; }
        const body = { id: name, kind, site, ...(controller.trim() ? { controller: controller.trim() } : {}) };
        const device = await run(() => devices.add(body));
        if (device) made(device);
    };
    return html`
        <${Dialog} title="Add a device" open=${true} close=${close}>
            <form onSubmit=${submit} novalidate>
                <${Name} label="Id" value=${id} set=${setID} error=${wrong} maxlength="64"
                    hint="What it signs in as, such as node_07 or SPOT001." />
                <${Select} label="Kind" value=${kind} set=${setKind} options=${kinds.map((each) => [each, each])} />
                <${Select} label="Site" value=${site} set=${setSite} options=${sites.map((each) => [each.id, each.title || each.id])} />
                <${Name} label="Controller, if it has one" value=${controller} set=${setController} maxlength="64" />
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="submit" class="button primary" aria-busy=${busy}>Add and show its key</button>
                </p>
            </form>
        <//>`;
}

// Devices that wait: what each has sent, and the choice to let it in or not.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { number, plural } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { devices } from '/admin/api.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Dialog } from '/parts/dialog.js';
import { Choice } from '/parts/form.js';
import { Select } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { toast } from '/parts/toast.js';

function Approve({ device, kinds, sites, close, approved }) {
    const [kind, setKind] = useState(device.kind ?? kinds[0] ?? '');
    const [site, setSite] = useState(device.site ?? 'main');
    const [credential, setCredential] = useState(device.offers_password ? 'offered' : 'new');
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        const done = await run(() => devices.approve(device.id, { kind, site, credential }));
        if (done) approved({ ...device, ...done });
    };
    const options = [['offered', 'Keep its password'], ['new', 'Give it a new key']];
    return html`
        <${Dialog} title=${`Let ${device.id} in`} open=${true} close=${close}>
            <form onSubmit=${submit}>
                <${Select} label="Kind" value=${kind} set=${setKind} options=${kinds.map((each) => [each, each])}
                    hint="Decides what it may report and hear." />
                <${Select} label="Site" value=${site} set=${setSite} options=${sites.map((each) => [each.id, each.title || each.id])} />
                ${device.offers_password && html`
                    <${Choice} legend="How it proves itself" name="credential" value=${credential} change=${setCredential}
                        options=${options} />`}
                <p class="hint">
                    ${credential === 'offered'
                        ? 'It goes on with the password that it showed while it waited; nothing has to be changed on it.'
                        : 'The key is shown once, after this. The device is let in when it has the key.'}
                    ${' '}What it has sent meanwhile is taken in.
                </p>
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="submit" class="button primary" aria-busy=${busy}>Let it in</button>
                </p>
            </form>
        <//>`;
}

function Entry({ device, may, approve, reject }) {
    return html`
        <li class="card pending">
            <header>
                <h3>${device.id}</h3>
                <${Badge} tone="busy" word="Waiting" since=${instant(device.first_seen)} quiet />
            </header>
            <p>
                <strong>${plural(device.messages, 'message')}</strong> kept${device.dropped > 0 ? `, ${number(device.dropped, 0)} dropped` : ''};
                the last <${Age} at=${instant(device.last_seen)} />, from <code>${device.address ?? 'an unknown address'}</code>
            </p>
            <ul class="topics" role="list">${(device.topics ?? []).map((topic) => html`<li key=${topic}><code>${topic}</code></li>`)}</ul>
            <p class="hint">${device.kind ? `Looks like a ${device.kind}` : 'Of no kind that the hub knows'}; ${device.offers_password
                ? 'it shows a password' : 'it shows no password'}.</p>
            ${may && html`
                <p class="actions">
                    <button type="button" class="button small primary" onClick=${approve}>
                        Let in…<span class="unseen"> ${device.id}</span>
                    </button>
                    <button type="button" class="button small danger" onClick=${reject}>
                        Turn away…<span class="unseen"> ${device.id}</span>
                    </button>
                </p>`}
        </li>`;
}

export function Pending({ list, kinds, sites, may, changed, keyed }) {
    const [approving, approve] = useState(null);
    const [rejecting, reject] = useState(null);
    if (list.length === 0) return null;
    const approved = (device) => {
        approve(null);
        changed();
        if (device.key) keyed(device); else toast({ text: `${device.id} is let in.` });
    };
    return html`
        <section aria-labelledby="pending-name">
            <div class="section-head"><h2 id="pending-name">Waiting to be let in <span class="amount">${list.length}</span></h2></div>
            <ul class="pendings" role="list">${list.map((device) => html`
                <${Entry} key=${device.id} device=${device} may=${may} approve=${() => approve(device)}
                    reject=${() => reject(device)} />`)}</ul>
            ${approving && html`
                <${Approve} device=${approving} kinds=${kinds} sites=${sites} close=${() => approve(null)} approved=${approved} />`}
            ${rejecting && html`
                <${Confirm} title=${`Turn ${rejecting.id} away`} action="Turn away" close=${() => reject(null)}
                    act=${async () => { await devices.reject(rejecting.id); changed(); }}>
                    <p>
                        ${plural(rejecting.messages, 'message')} that it sent ${rejecting.messages === 1 ? 'is' : 'are'} dropped. It may
                        knock again while the window is open.
                    </p>
                <//>`}
        </section>`;
}

// Devices that wait: what each has sent, and the choice to let it in or not.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { devices } from '/admin/api.js';
import { kindWords } from '/admin/device-words.js';
import { t } from '/admin/words.js';
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
    const options = [['offered', t('admit.keep')], ['new', t('admit.newKey')]];
    return html`
        <${Dialog} title=${t('admit.title', { id: device.id })} open=${true} close=${close}>
            <form onSubmit=${submit}>
                <${Select} label=${t('kind')} value=${kind} set=${setKind}
                    options=${kinds.map((each) => [each, kindWords(each)])}
                    hint=${t('admit.kind.hint')} />
                <${Select} label=${t('site')} value=${site} set=${setSite}
                    options=${sites.map((each) => [each.id, each.title || each.id])} />
                ${device.offers_password && html`
                    <${Choice} legend=${t('admit.proof')} name="credential" value=${credential}
                        change=${setCredential}
                        options=${options} />`}
                <p class="hint">
                    ${credential === 'offered' ? t('admit.keep.says') : t('admit.newKey.says')} ${t('meanwhile')}
                </p>
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="submit" class="button primary" aria-busy=${busy}>${t('admit.act')}</button>
                </p>
            </form>
        <//>`;
}

function Entry({ device, may, approve, reject }) {
    return html`
        <li class="card pending">
            <header>
                <h3>${device.id}</h3>
                <${Badge} tone="busy" word=${t('waiting')} since=${instant(device.first_seen)} quiet />
            </header>
            <p>
                ${t(device.dropped > 0 ? 'pending.dropped' : 'pending.kept', {
                    messages: html`<strong>${t('messages', { count: device.messages })}</strong>`,
                        dropped: device.dropped,
                    age: html`<${Age} at=${instant(device.last_seen)} />`,
                        address: html`<code>${device.address ?? t('address.unknown')}</code>`,
                })}
            </p>
            <ul class="topics"
                role="list">${(device.topics ?? []).map((topic) => html`<li
                key=${topic}><code>${topic}</code></li>`)}</ul>
            <p class="hint">${t(device.offers_password ? 'pending.withPassword' : 'pending.withoutPassword', {
                kind: device.kind ? t('pending.kind', { kind: kindWords(device.kind) }) : t('pending.noKind'),
            })}</p>
            ${may && html`
                <p class="actions">
                    <button type="button" class="button small primary" onClick=${approve}>
                        ${t('admit.ask')}<span class="unseen"> ${device.id}</span>
                    </button>
                    <button type="button" class="button small danger" onClick=${reject}>
                        ${t('reject.ask')}<span class="unseen"> ${device.id}</span>
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
        if (device.key) keyed(device); else toast({ text: t('admit.done', { id: device.id }) });
    };
    return html`
        <section aria-labelledby="pending-name">
            <div class="section-head"><h2 id="pending-name">${t('pending.title')} <span
                class="amount">${list.length}</span></h2></div>
            <ul class="pendings" role="list">${list.map((device) => html`
                <${Entry} key=${device.id} device=${device} may=${may} approve=${() => approve(device)}
                    reject=${() => reject(device)} />`)}</ul>
            ${approving && html`
                <${Approve} device=${approving} kinds=${kinds} sites=${sites} close=${() => approve(null)}
                    approved=${approved} />`}
            ${rejecting && html`
                <${Confirm} title=${t('reject.title', { id: rejecting.id })} action=${t('reject.act')}
                    close=${() => reject(null)}
                    act=${async () => { await devices.reject(rejecting.id); changed(); }}>
                    <p>
                        ${t('reject.says', { count: rejecting.messages })}
                    </p>
                <//>`}
        </section>`;
}

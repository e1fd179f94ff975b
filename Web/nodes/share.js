// Links to a node's readings: an address that a spreadsheet follows without an account. Its key is shown once.

import { html, useState } from '/lib/html.js';
import { number } from '/lib/format.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { api } from '/nodes/api.js';
import { t } from '/nodes/words.js';
import { Age } from '/parts/age.js';
import { Confirm } from '/parts/confirm.js';
import { Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Secret } from '/parts/secret.js';

function Link({ link, revoke }) {
    return html`
        <li class="refusal">
            <p><strong>${link.purpose}</strong></p>
            <p class="hint">
                ${t('linkUses', { count: link.uses, shown: number(link.uses, 0) })}
                ${link.last_used_at && html` · <${Age} at=${instant(link.last_used_at)} />`}
                ${' · '}${t('linkMadeBy', { name: link.made_by, age: html`<${Age} at=${instant(link.created_at)} />` })}
            </p>
            ${link.open
                ? html`<p class="actions"><button type="button" class="button small danger" onClick=${revoke}>
                    ${t('revoke')}<span class="unseen"> ${link.purpose}</span></button></p>`
                : html`<p class="hint">${t(link.revoked_at ? 'linkRevoked' : 'linkExpired')}</p>`}
        </li>`;
}

function New({ node, made }) {
    const [purpose, say] = useState('');
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        const link = await run(() => api.share(node.node_id, purpose.trim()));
        if (link === undefined) return;
        say('');
        made(link);
    };
    return html`
        <form class="stack" onSubmit=${submit}>
            <${Text} label=${t('linkFor')} value=${purpose} set=${say} required maxlength="100"
                hint=${t('linkForHint')} />
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions"><button type="submit" class="button small" aria-busy=${busy}
                disabled=${purpose.trim() === ''}>${t('makeALink')}</button></p>
        </form>`;
}

export function Share({ node }) {
    const { data, error, reload } = useLoad(`links ${node.node_id}`, (options) => api.links(node.node_id, options));
    const [made, show] = useState(null);
    const [asking, ask] = useState(null);
    const revoke = async () => { await api.revoke(asking.id); show(null); reload(); };
    return html`
        <section class="card" aria-labelledby="share-name">
            <h2 id="share-name">${t('share')}</h2>
            <p class="hint">${t('shareSays')}</p>
            ${error && !data && html`<${Problem} error=${error} small level="h3" retry=${reload} />`}
            ${made && html`<${Secret} label=${t('linkAddress')} value=${`${location.origin}${made.path}`}
                says=${t('linkOnce')} />`}
            ${data && data.links.length > 0 && html`
                <ol class="refusal-list" role="list">${data.links.map((link) => html`
                    <${Link} key=${link.id} link=${link} revoke=${() => ask(link)} />`)}</ol>`}
            <${New} node=${node} made=${(link) => { show(link); reload(); }} />
            ${asking && html`
                <${Confirm} title=${t('revokeLink', { purpose: asking.purpose })} action=${t('revoke')}
                    close=${() => ask(null)} act=${revoke}><p>${t('revokeSays')}</p><//>`}
        </section>`;
}

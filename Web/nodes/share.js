// Links to a node's readings: an address that a spreadsheet follows without an account. Its key is shown once.

import { html, useState } from '/lib/html.js';
import { catalogue } from '/lib/catalogue.js';
import { number } from '/lib/format.js';
import { useAction } from '/lib/hooks.js';
import { usePages } from '/lib/pages.js';
import { instant } from '/lib/time.js';
import { api } from '/nodes/api.js';
import { t } from '/nodes/words.js';
import { Age } from '/parts/age.js';
import { Confirm } from '/parts/confirm.js';
import { Select, Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Secret } from '/parts/secret.js';

/** The kinds of links of one node, as the hub declares them. */
const kinds = () => catalogue.links.filter(({ solution, device }) => solution === 'nodes' && device !== null);

function Link({ link, revoke }) {
    return html`
        <li class="refusal">
            <p><strong>${link.purpose}</strong></p>
            <p class="hint">
                ${t('link.uses', { count: link.uses, shown: number(link.uses, 0) })}
                ${link.last_used_at && html` · <${Age} at=${instant(link.last_used_at)} />`}
                ${' · '}${t('link.by', { name: link.made_by, age: html`<${Age} at=${instant(link.created_at)} />` })}
            </p>
            ${link.open
                ? html`<p class="actions"><button type="button" class="button small danger" onClick=${revoke}>
                    ${t('revoke')}<span class="unseen"> ${link.purpose}</span></button></p>`
                : html`<p class="hint">${t(link.revoked_at ? 'link.revoked' : 'link.expired')}</p>`}
        </li>`;
}

function New({ node, made }) {
    const [purpose, say] = useState('');
    const offered = kinds();
    const [kind, choose] = useState(offered[0]?.id);
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        const link = await run(() => api.share(kind, node.node_id, purpose.trim()));
        if (link === undefined) return;
        say('');
        made(link);
    };
    return html`
        <form class="stack" onSubmit=${submit}>
            ${offered.length > 1 && html`
                <${Select} label=${t('link.shows')} value=${kind} set=${choose}
                    options=${offered.map(({ id, summary }) => [id, summary])} />`}
            <${Text} label=${t('link.purpose')} value=${purpose} set=${say} required maxlength="100"
                hint=${t('link.purpose.hint')} />
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions"><button type="submit" class="button small" aria-busy=${busy}
                disabled=${purpose.trim() === ''}>${t('link.make')}</button></p>
        </form>`;
}

export function Share({ node }) {
    const { data, error, loading, reload, more } = usePages(`links ${node.node_id}`, 'links',
        (query, options) => api.links(node.node_id, query, options));
    const [made, show] = useState(null);
    const [asking, ask] = useState(null);
    const revoke = async () => { await api.revoke(asking.id); show(null); reload(); };
    return html`
        <section class="card" aria-labelledby="share-name">
            <h2 id="share-name">${t('share')}</h2>
            <p class="hint">${t('share.says')}</p>
            ${error && !data && html`<${Problem} error=${error} small level="h3" retry=${reload} />`}
            ${made && html`<${Secret} label=${t('link.address')} value=${`${location.origin}${made.path}`}
                says=${t('link.once')} />`}
            ${data && data.rows.length > 0 && html`
                <ol class="refusal-list" role="list">${data.rows.map((link) => html`
                    <${Link} key=${link.id} link=${link} revoke=${() => ask(link)} />`)}</ol>`}
            ${more && html`<p class="actions"><button type="button" class="button small" aria-busy=${loading}
                onClick=${more}>${t('link.more')}</button></p>`}
            <${New} node=${node} made=${(link) => { show(link); reload(); }} />
            ${asking && html`
                <${Confirm} title=${t('revoke.title', { purpose: asking.purpose })} action=${t('revoke')}
                    close=${() => ask(null)} act=${revoke}><p>${t('revoke.says')}</p><//>`}
        </section>`;
}

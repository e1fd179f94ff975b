// The sites: what belongs together and is looked after by the same people.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { sites as api } from '/admin/api.js';
import { t } from '/admin/words.js';
import { Name, Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';

function Rename({ site, done }) {
    const [title, set] = useState(site.title ?? '');
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        if (await run(() => api.change(site.id, title.trim())) !== undefined) done();
    };
    return html`
        <form class="inline-form" onSubmit=${submit}>
            <${Text} label=${t('site.titleOf', { id: site.id })} value=${title} set=${set} maxlength="100"
                autocomplete="off" />
            <button type="submit" class="button" aria-busy=${busy}>${t('save')}</button>
            ${error && html`<${Problem} error=${error} small level="h3" />`}
        </form>`;
}

function AddSite({ done }) {
    const [id, setID] = useState('');
    const [title, setTitle] = useState('');
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        if (await run(() => api.add({ id: id.trim(), title: title.trim() })) !== undefined) done();
    };
    return html`
        <form class="inline-form" onSubmit=${submit}>
            <${Name} label="Id" value=${id} set=${setID} maxlength="64" required />
            <${Text} label=${t('title')} value=${title} set=${setTitle} maxlength="100" autocomplete="off" required />
            <button type="submit" class="button" aria-busy=${busy}>${t('add')}</button>
            ${error && html`<${Problem} error=${error} small level="h3" />`}
        </form>`;
}

export function Sites({ sites, may, changed }) {
    const [editing, edit] = useState(null);
    const done = () => { edit(null); changed(); };
    return html`
        <section class="card sites" aria-labelledby="sites-name">
            <h2 id="sites-name">${t('sites')}</h2>
            <ul class="rows" role="list">${sites.map((site) => html`
                <li class="row" key=${site.id}>
                    ${editing === site.id ? html`<${Rename} site=${site} done=${done} />` : html`
                        <div>
                            <strong>${site.title || site.id}</strong>
                            <p class="row-more"><code>${site.id}</code> · ${t('devices.count',
                                { count: site.devices })}</p>
                        </div>
                        ${may && html`
                            <button type="button" class="button small" onClick=${() => edit(site.id)}>
                                ${t('rename')}<span class="unseen"> ${site.id}</span>
                            </button>`}`}
                </li>`)}</ul>
            ${may && (editing === '' ? html`<${AddSite} done=${done} />` : html`
                <p class="actions"><button type="button" class="button small"
                    onClick=${() => edit('')}>${t('site.add')}</button></p>`)}
        </section>`;
}

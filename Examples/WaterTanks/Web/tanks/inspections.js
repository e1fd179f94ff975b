// The inspections of a tank: pictures with notes, the newest first, and the form that adds one.

import { html, useRef, useState } from '/lib/html.js';
import { address, ask, askPage } from '/lib/api.js';
import { exact } from '/lib/format.js';
import { useAction } from '/lib/hooks.js';
import { usePages } from '/lib/pages.js';
import { session } from '/lib/session.js';
import { instant } from '/lib/time.js';
import { Age } from '/parts/age.js';
import { Confirm } from '/parts/confirm.js';
import { Empty } from '/parts/empty.js';
import { Field } from '/parts/form.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { toast } from '/parts/toast.js';
import { t } from '/tanks/words.js';

const types = 'image/jpeg,image/png,image/webp';
const longestNote = 500;

const pathOf = (tank, rest = '') => `/api/tanks/${encodeURIComponent(tank.device_id)}/inspections${rest}`;

function Form({ tank, added }) {
    const [note, set] = useState('');
    const file = useRef(null);
    const { busy, error, run } = useAction();
    const send = async (event) => {
        event.preventDefault();
        const [picture] = file.current.files;
        if (!picture) return;
        const content = new FormData();
        content.append('note', note);
        content.append('picture', picture);
        // The browser names the type, with the boundary that it has chosen.
        const made = await run(() => ask('POST', pathOf(tank), { text: { type: null, content } }));
        if (made === undefined) return;
        file.current.value = '';
        set('');
        toast({ text: t('inspectionKept', { title: tank.title }) });
        added();
    };
    return html`
        <form class="stack" onSubmit=${send}>
            <${Field} label=${t('picture')} hint=${t('pictureHint')}>
                ${(given) => html`<input type="file" ...${given} ref=${file} accept=${types} required />`}
            <//>
            <${Field} label=${t('note')}>
                ${(given) => html`
                    <textarea rows="2" ...${given} maxlength=${longestNote} value=${note}
                        onInput=${(event) => set(event.target.value)}></textarea>`}
            <//>
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions"><button type="submit" class="button" aria-busy=${busy}>${t('addInspection')}</button></p>
        </form>`;
}

function Inspection({ tank, inspection, may, removed }) {
    const [isAsked, set] = useState(false);
    const { inspection_id: id, note, author } = inspection;
    const at = instant(inspection.at);
    const picture = pathOf(tank, `/${encodeURIComponent(id)}/picture`);
    const age = html`<${Age} at=${at} />`;
    const remove = async () => { await ask('DELETE', pathOf(tank, `/${encodeURIComponent(id)}`)); removed(); };
    return html`
        <li>
            <a href=${picture} target="_blank" rel="noopener"><img src=${picture} loading="lazy"
                alt=${t('pictureOf', { title: tank.title, time: exact(at) })} /></a>
            <div>
                ${note && html`<p class="inspection-note">${note}</p>`}
                <p class="tank-seen">${author ? t('byAge', { author, age }) : age}</p>
                ${may && html`
                    <button type="button" class="button quiet small" onClick=${() => set(true)}>
                        ${t('removeInspection')}</button>`}
            </div>
            ${isAsked && html`
                <${Confirm} title=${t('removeInspectionAsk')} action=${t('removeInspection')} act=${remove}
                    close=${() => set(false)}><p>${t('removeInspectionSays')}</p><//>`}
        </li>`;
}

function List({ tank }) {
    const path = pathOf(tank);
    const { data, error, reload, more } = usePages(path, 'inspections',
        (query, options) => askPage(address(path, query), options));
    const may = session.may('tanks.inspect', tank.site);
    if (!data && error) return html`
        <${Problem} error=${error} title=${t('inspectionsNotRead')} retry=${reload} small level="h3" />`;
    if (!data) return html`<${Skeleton} shape="line" count=${2} label=${t('loadingInspections')} />`;
    return html`
        ${may && html`<${Form} tank=${tank} added=${reload} />`}
        ${data.rows.length === 0 ? html`
            <${Empty} icon="tanks" title=${t('noInspections')} small><p>${t('noInspectionsSays')}</p><//>` : html`
            <ul class="inspections" role="list">${data.rows.map((inspection) => html`
                <${Inspection} key=${inspection.inspection_id} tank=${tank} inspection=${inspection} may=${may}
                    removed=${reload} />`)}</ul>`}
        ${more && html`
            <p class="actions"><button type="button" class="button quiet" onClick=${more}>
                ${t('olderInspections')}</button></p>`}`;
}

/** The section of a tank's card; what is in it is fetched when somebody opens it. */
export function Inspections({ tank }) {
    const [isOpen, set] = useState(false);
    return html`
        <details class="tank-inspections" onToggle=${(event) => set(event.currentTarget.open)}>
            <summary>${t('inspections')}</summary>
            ${isOpen && html`<div class="stack"><${List} tank=${tank} /></div>`}
        </details>`;
}

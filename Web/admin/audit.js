// The audit: who did what to what, when, from where, with what outcome.

import { html, useState } from '/lib/html.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { exact, moment, number } from '/lib/format.js';
import { instant, now } from '/lib/time.js';
import { navigate, withQuery } from '/app/router.js';
import { audit } from '/admin/api.js';
import { actions, actionWords, outcomes, ranges } from '/admin/audit-words.js';
import { t } from '/admin/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Command } from '/parts/copy.js';
import { Dialog } from '/parts/dialog.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Icon } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';
import { Pick, Search } from '/parts/search.js';
import { download } from '/parts/secret.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { toast } from '/parts/toast.js';

const pageSize = 50;
const filters = ['who', 'action', 'target', 'outcome', 'range'];

/** The address's filters as the API wants them. */
function wanted(query) {
    const range = ranges.find(([key]) => key === query.get('range'));
    const exactly = Object.fromEntries(['action', 'outcome'].map((name) => [name, query.get(name)]));
    // A star at the end asks for all that begins so: what is searched while it is typed.
    const beginning = Object.fromEntries(['who',
        'target'].map((name) => [name, query.get(name) && `${query.get(name).replace(/\*$/, '')}*`]));
    return { ...exactly, ...beginning, from: range ? new Date(now() - range[2]).toISOString() : query.get('from'),
        to: query.get('to') };
}

const outcomeBadge = (outcome) => {
    const [tone, word] = outcomes[outcome] ?? ['unknown', outcome];
    return html`<${Badge} tone=${tone} word=${word} quiet />`;
};

/** What those are called who have no name. */
const nameless = (identity) => ({ hub: t('theHub'), open: t('anybody') })[identity] ?? t('nobody');

const columns = [
    { key: 'what', label: t('what'), head: true, cell: (entry) => html`
        <a href=${withQuery({ entry: entry.sequence })} data-replace>${actionWords(entry.action)}</a>` },
    { key: 'target', label: t('toWhat'), phone: (entry) => entry.target,
        cell: (entry) => entry.target || html`<span class="absent">–</span>` },
    { key: 'who', label: t('who'), cell: (entry) => entry.who || html`<span
        class="absent">${nameless(entry.identity)}</span>` },
    { key: 'outcome', label: t('outcome'), phone: (entry) => entry.outcome !== 'done' && outcomeBadge(entry.outcome),
        cell: (entry) => outcomeBadge(entry.outcome) },
    { key: 'address', label: t('from'), phone: 'none', cell: (entry) => html`<code>${entry.address ?? '–'}</code>` },
    { key: 'when', label: t('when'), align: 'end', cell: (entry) => html`
        <time datetime=${entry.at} title=${exact(instant(entry.at))}>${moment(instant(entry.at))}</time>` },
];

function Details({ entry, close }) {
    const facts = Object.entries(entry.facts ?? {});
    return html`
        <${Dialog} title=${actionWords(entry.action)} open=${true} close=${close}>
            <div class="stack">
                <dl class="facts">
                    <div><dt>${t('outcome')}</dt><dd>${outcomeBadge(entry.outcome)}</dd></div>
                    <div><dt>${t('who')}</dt><dd>${entry.who || nameless(entry.identity)} <span
                        class="amount">(${entry.identity})</span></dd></div>
                    <div><dt>${t('toWhat')}</dt><dd>${entry.target || '–'}</dd></div>
                    <div><dt>${t('when')}</dt><dd>${exact(instant(entry.at))}, <${Age}
                        at=${instant(entry.at)} /></dd></div>
                    <div><dt>${t('from')}</dt><dd><code>${entry.address ?? t('thisMachine')}</code></dd></div>
                    <div><dt>${t('action')}</dt><dd><code>${entry.action}</code></dd></div>
                    ${facts.map(([name, value]) => html`
                        <div key=${name}><dt>${name.replaceAll('_', ' ')}</dt>
                            <dd>${typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd></div>`)}
                    <div><dt>${t('number')}</dt><dd>${number(entry.sequence, 0)}</dd></div>
                </dl>
                <div><p class="secret-label">${t('audit.hash.says')}</p>
                    <${Command} line=${entry.hash} label=${t('hash')} /></div>
            </div>
        <//>`;
}

/** Whether the chain of hashes still holds: asked for by hand, because it reads every row. */
function Chain() {
    const { busy, error, run } = useAction();
    const [found, set] = useState(null);
    const verify = async () => {
        const answer = await run(audit.verify);
        if (answer) set({ ...answer, at: Date.now() });
    };
    return html`
        <section class="card chain" aria-labelledby="chain-name">
            <div>
                <h2 id="chain-name">${t('audit.check')}</h2>
                <div role="status">
                    ${!found && !error && html`
                        <p class="quiet-line">${t('audit.chain')}</p>`}
                    ${found?.intact && html`
                        <p>
                            <${Badge} tone="good"
                                word=${t('intact')} /> ${t('audit.intact',
                                { count: found.entries, age: html`<${Age} at=${found.at} />` })}
                        </p>`}
                    ${found && !found.intact && html`
                        <p>
                            <${Badge} tone="bad" word=${t('changed')} /> ${t('audit.changed',
                                { row: html`<strong>${number(found.sequence, 0)}</strong>`, reason: found.reason })}
                        </p>`}
                </div>
                ${found?.intact && html`
                    <p class="hint">${t('audit.last.says')}</p>
                    <${Command} line=${found.head} label=${t('audit.last')} />`}
                ${error && html`<${Problem} error=${error} small level="h3" />`}
            </div>
            <button type="button" class="button" aria-busy=${busy}
                onClick=${verify}>${busy ? t('checking') : t('audit.check.act')}</button>
        </section>`;
}

function Toolbar({ query }) {
    const clear = ['before', 'entry'];
    const value = (name) => query.get(name) ?? '';
    return html`
        <search class="toolbar">
            <${Search} label=${t('who')} name="who" placeholder=${t('who')} value=${value('who')} clear=${clear} />
            <${Search} label=${t('toWhat')} name="target" placeholder=${t('audit.device')} value=${value('target')}
                clear=${clear} />
            <${Pick} label=${t('action')} name="action" value=${value('action')} clear=${clear}
                options=${[['', t('audit.everyAction')], ...actions()]} />
            <${Pick} label=${t('outcome')} name="outcome" value=${value('outcome')} clear=${clear}
                options=${[['', t('audit.everyOutcome')], ['done', t('done')], ['refused', t('refused')]]} />
            <${Pick} label=${t('when')} name="range" value=${value('range')} clear=${[...clear, 'from', 'to']}
                options=${[['', t('audit.anyTime')], ...ranges.map(([key, word]) => [key, word])]} />
        </search>`;
}

function Loading() {
    return html`
        <${Head} title=${t('audit')}><${LeadSkeleton} /><//>
        <${Skeleton} shape="row" /><${Skeleton} shape="block" label=${t('audit.loading')} />`;
}

export function Page({ query }) {
    const asked = filters.concat('from', 'to', 'before').map((name) => query.get(name));
    const { data, error, reload } = useLoad(`audit ${JSON.stringify(asked)}`,
        (options) => audit.list({ ...wanted(query), before: query.get('before'), limit: pageSize }, options));
    if (!data && error) return html`
        <${Head} title=${t('audit')} /><${Problem} error=${error} title=${t('audit.unread')} retry=${reload} />`;
    if (!data) return html`<${Loading} />`;
    const open = data.entries.find((entry) => String(entry.sequence) === query.get('entry'));
    const filtered = filters.some((name) => query.get(name));
    const save = async () => {
        try { download('martlet-audit.csv', await audit.export(wanted(query)), 'text/csv'); } catch (failure) {
            toast({ tone: 'bad', text: t('audit.notExported', { title: failure.title }) });
        }
    };
    const button = html`
        <button type="button" class="button" onClick=${save}><${Icon} name="download" /> ${t('audit.export')}</button>`;
    return html`
        <${Head} title=${t('audit')} aside=${button}><p class="lead">${t('audit.says')}</p><//>
        <${Chain} />
        <${Toolbar} query=${query} />
        ${error && html`<${Problem} error=${error} small retry=${reload} />`}
        ${data.entries.length > 0
            ? html`<${Table} caption=${t('audit')} columns=${columns} rows=${data.entries}
                rowKey=${(entry) => entry.sequence} />`
            : html`
                <${Empty} icon="search" title=${filtered ? t('nothingFits') : t('nothingYet')} small>
                    ${filtered
                        ? html`<p class="actions"><a class="button" href="/admin/audit">${t('filter.clear')}</a></p>`
                        : html`<p>${t('audit.none.says')}</p>`}
                <//>`}
        <nav class="pager" aria-label=${t('pages')} hidden=${!query.get('before') && !data.next}>
            ${query.get('before') && html`<a class="button"
                href=${withQuery({ before: null, entry: null })}>${t('newest')}</a>`}
            ${data.next !== null && data.next !== undefined && html`
                <a class="button" href=${withQuery({ before: data.next, entry: null })}>${t('older')}</a>`}
        </nav>
        ${open && html`
            <${Details} entry=${open} close=${() => navigate(withQuery({ entry: null }), { replace: true })} />`}`;
}

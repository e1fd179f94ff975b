// The API, drawn from the description that the hub makes out of its own routes. Works without a network.

import { html, useMemo } from '/lib/html.js';
import { ask } from '/lib/api.js';
import { useLoad } from '/lib/hooks.js';
import { rightWords } from '/lib/rights.js';
import { withQuery } from '/app/router.js';
import { curl, grouped, operations, resolve, typeWords } from '/docs/model.js';
import { Schema } from '/docs/schema.js';
import { t } from '/docs/words.js';
import { Command } from '/parts/copy.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { Search } from '/parts/search.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';

const describe = (options) => ask('GET', '/openapi.json', options);
const anchor = (name) => name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');

function Right({ right }) {
    if (!right) return null;
    const words = {
        open: t('access.anyone'), own: t('access.signedIn'), device: t('access.device'), link: t('access.link'),
    };
    return html`<p>${words[right] ?? t('needs', { right: html`<code>${right}</code>`, words: rightWords(right) })}</p>`;
}

function Parameters({ list, document }) {
    if (list.length === 0) return null;
    const places = { path: t('in.path'), query: t('in.query'), header: t('in.header') };
    return html`
        <h3>${t('parameters')}</h3>
        <ul class="members" role="list">${list.map((each) => html`
            <li key=${`${each.in} ${each.name}`}>
                <p><code>${each.name}</code> <span
                    class="member-type">${typeWords(each.schema ?? {}, document)}, ${places[each.in]
                    ?? each.in}</span></p>
                ${each.description && html`<p class="hint">${each.description}</p>`}
            </li>`)}</ul>`;
}

function Body({ content, document }) {
    const entries = Object.entries(content ?? {});
    return entries.map(([type, { schema }]) => html`
        <div key=${type}>
            <p class="member-type">${type}</p>
            ${schema && html`<${Schema} schema=${schema} document=${document} />`}
        </div>`);
}

function Answers({ responses, document }) {
    return html`
        <h3>${t('answers')}</h3>
        ${Object.entries(responses ?? {}).map(([status, answer]) => {
            const found = resolve(answer, document);
            const content = Object.keys(found.content ?? {}).length > 0;
            const head = html`<code>${status}</code> ${found.description}`;
            return content
                ? html`
                    <details class="answer" key=${status}>
                        <summary>${head}</summary>
                        <${Body} content=${found.content} document=${document} />
                    </details>`
                : html`<p class="answer" key=${status}>${head}</p>`;
        })}`;
}

function Operation({ entry, document, open }) {
    const { operation } = entry;
    const input = operation.requestBody ? resolve(operation.requestBody, document) : null;
    return html`
        <details class="operation" id=${anchor(entry.id)} open=${open}>
            <summary>
                <span class="method" data-method=${entry.method}>${entry.method.toUpperCase()}</span>
                <code>${entry.path.split(/(?=\/)/).map((part) => html`${part}<wbr />`)}</code>
                <span class="operation-says">${entry.summary}</span>
            </summary>
            <div class="operation-body">
                <${Right} right=${entry.right} />
                ${operation.description && html`<p>${operation.description}</p>`}
                <${Parameters} list=${entry.parameters} document=${document} />
                ${input && html`
                    <h3>${t('body')}</h3>
                    <${Body} content=${input.content} document=${document} />`}
                <${Answers} responses=${operation.responses} document=${document} />
                <h3>${t('example')}</h3>
                <${Command} line=${curl(entry, document, location.origin)} label=${t('exampleOf', { id: entry.id })} />
            </div>
        </details>`;
}

function Loading() {
    return html`
        <${Head} title=${t('api')}><${LeadSkeleton} /><//>
        <${Skeleton} shape="row" count=${6} label=${t('loading')} />`;
}

export function Page({ query }) {
    const { data: document, error, reload } = useLoad('openapi', describe);
    const all = useMemo(() => (document ? operations(document) : []), [document]);
    if (!document && error) return html`
        <${Head} title=${t('api')} />
        <${Problem} error=${error} title=${t('unread')} retry=${reload} />`;
    if (!document) return html`<${Loading} />`;
    const text = query.get('q') ?? '';
    const groups = grouped(all, text);
    const found = groups.reduce((sum, [, entries]) => sum + entries.length, 0);
    return html`
        <${Head} title=${t('api')}>
            <p class="lead">
                <span>
                    ${t('lead', {
                        version: document.info?.version ?? '–', operations: t('operations', { count: all.length }),
                        openapi: html`<a href="/openapi.json" target="_blank"
                            rel="noopener">OpenAPI ${document.openapi}</a>`,
                    })}
                </span>
            </p>
        <//>
        <search class="toolbar">
            <${Search} label=${t('search')} value=${text} />
            <p class="hint" role="status">${text !== '' ? t('search.found', { found, all: all.length }) : ''}</p>
        </search>
        ${groups.length === 0 && html`
            <${Empty} icon="search" title=${t('search.none')} small>
                <p class="actions"><a class="button" href=${withQuery({ q: null })}
                    data-replace>${t('search.clear')}</a></p>
            <//>`}
        <div class="operations">${groups.map(([group, entries]) => html`
            <section key=${group} aria-labelledby=${`group-${anchor(group)}`}>
                <div class="section-head"><h2 id=${`group-${anchor(group)}`}>${group}</h2></div>
                <div class="operation-list">${entries.map((entry) => html`
                    <${Operation} key=${entry.id} entry=${entry} document=${document} open=${found === 1} />`)}</div>
            </section>`)}</div>`;
}

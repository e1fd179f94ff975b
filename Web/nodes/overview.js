// All nodes: how many are well, which are not, and each with its values.

import { html, useRef, useState } from '/lib/html.js';
import { number } from '/lib/format.js';
import { useLoad } from '/lib/hooks.js';
import { listed } from '/lib/i18n.js';
import { now } from '/lib/time.js';
import { choicesOf, choose, grouped, panelLimit } from '/nodes/choose.js';
import { commonFields, fieldCounts, fieldsOf, leftOut } from '/nodes/columns.js';
import { NodeTable } from '/nodes/list.js';
import { stateOf, states, tally, verdict } from '/nodes/model.js';
import { NodePanel } from '/nodes/panel.js';
import { useNodes } from '/nodes/store.js';
import { Toolbar, ViewChoice } from '/nodes/toolbar.js';
import { t } from '/nodes/words.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Glyph } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';

/**
 * Draws a panel anew only when its node changed, its state did, or its sparkline moved on. A panel that is the same
 * object as before is skipped whole, which is what keeps sixty of them cheap.
 */
function usePanel() {
    const held = useRef(new Map());
    return (node, present) => {
        const { state } = stateOf(node, present);
        const step = Math.floor(present / 5000);
        const old = held.current.get(node.node_id);
        if (old && old.node === node && old.state === state && old.step === step) return old.drawn;
        const drawn = html`<${NodePanel} key=${node.node_id} node=${node} />`;
        held.current.set(node.node_id, { node, state, step, drawn });
        return drawn;
    };
}

function Panels({ nodes, present }) {
    const [limit, set] = useState(panelLimit);
    const panel = usePanel();
    return html`
        <div class="panels">${nodes.slice(0, limit).map((node) => panel(node, present))}</div>
        ${nodes.length > limit && html`
            <p class="more">
                <button type="button" class="button" onClick=${() => set(limit + panelLimit)}>
                    ${t('nodes.more', { count: Math.min(panelLimit, nodes.length - limit),
                        all: number(nodes.length - limit, 0) })}
                </button>
            </p>`}`;
}

function Shown({ nodes, choices, view, fields, present }) {
    const hasMore = view === 'table' && nodes.some((node) => leftOut(node, fields).length > 0);
    const part = (members) => (view === 'table' ? html`
        <${NodeTable} nodes=${members} fields=${fields} sort=${choices.sort} hasMore=${hasMore} />` : html`
            <${Panels} nodes=${members} present=${present} />`);
    if (choices.group !== 'state') return html`
        <section aria-label=${t('nodes.title')}><h2 class="unseen">${t('nodes.title')}</h2>${part(nodes)}</section>`;
    return grouped(nodes, present).map(([state, members]) => html`
        <section class="group" key=${state} aria-labelledby=${`group-${state}`}>
            <h2 id=${`group-${state}`} data-tone=${states[state].tone}>
                <${Glyph} tone=${states[state].tone} />
                ${states[state].word} <span class="amount">${number(members.length, 0)}</span>
            </h2>
            ${part(members)}
        </section>`);
}

function Body({ nodes, query }) {
    const present = now();
    const choices = choicesOf(query);
    const counts = tally(nodes, present);
    const shown = choose(nodes, choices, present);
    const view = choices.view ?? (nodes.length > panelLimit ? 'table' : 'panels');
    const fieldsThereAre = fieldCounts(nodes);
    const fields = (view === 'table' ? fieldsOf(query, fieldsThereAre) : null) ?? commonFields(fieldsThereAre);
    const asked = [choices.q && t('quoted', { text: choices.q }),
        choices.state && t('filter.state', { state: t(`count.${choices.state}`) })]
        .filter(Boolean);
    return html`
        <${Head} title=${t('nodes.title')} aside=${html`<${ViewChoice} view=${view} />`}>
            <p class="lead">${verdict(counts, nodes.length)}</p>
        <//>
        <${Toolbar} choices=${choices} counts=${counts} total=${nodes.length} fields=${fields}
            allFields=${view === 'table' ? fieldsThereAre : null} />
        <p class="unseen" role="status">${choices.q || choices.state
            ? t('nodesShown', { nodes: t('nodes', { count: shown.length }) }) : ''}</p>
        ${shown.length === 0
            ? html`
                <${Empty} icon="search" title=${t('filter.none')} small>
                    <p>
                        ${t('filter.noneOf', { nodes: t('nodes', { count: nodes.length }), asked: listed(asked) })}
                    </p>
                    <p class="actions"><a class="button" href="/nodes">${t('filter.clear')}</a></p>
                <//>`
            : html`<${Shown} nodes=${shown} choices=${choices} view=${view} fields=${fields} present=${present} />`}`;
}

/** How the first node appears: fetched where there is none yet, and not with every list. */
function None() {
    const { data, error } = useLoad('first', () => import('/nodes/first.js'));
    // A browser does not fetch a module again that it could not have.
    if (error) return html`
        <${Problem} error=${{ title: t('nodes.unread') }} retry=${() => location.reload()} />`;
    return data && html`<${data.First} />`;
}

export function Page({ query }) {
    const { nodes, loaded, error, retry } = useNodes();
    if (!loaded && error) return html`
        <${Head} title=${t('nodes.title')} />
        <${Problem} error=${error} title=${t('nodes.unread')} retry=${retry} />`;
    if (!loaded) return html`
        <${Head} title=${t('nodes.title')}>
            <${LeadSkeleton} />
        <//>
        <div class="toolbar"><${Skeleton} shape="bar" /></div>
        <div class="panels"><${Skeleton} shape="panel" count=${6} label=${t('nodes.loading')} /></div>`;
    if (nodes.length === 0) return html`<${Head} title=${t('nodes.title')} /><${None} />`;
    return html`<${Body} nodes=${nodes} query=${query} />`;
}

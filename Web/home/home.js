// What is running and what needs attention, over all systems.

import { html, useEffect } from '/lib/html.js';
import { api } from '/lib/api.js';
import { useLoad } from '/lib/hooks.js';
import { bytes, number, plural } from '/lib/format.js';
import { session } from '/lib/session.js';
import { instant, now, onTick } from '/lib/time.js';
import { mayOpen } from '/app/routes.js';
import { Attention, silentNodes, useFailedCommands } from '/home/attention.js';
import { CarParksGlance } from '/home/carparks.js';
import { BrokerGlance } from '/home/glance.js';
import { FirstNode } from '/nodes/first.js';
import { verdict } from '/nodes/choose.js';
import { byName, stateOf, states, tally } from '/nodes/model.js';
import { useNodes } from '/nodes/store.js';
import { Age } from '/parts/age.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Glyph, Icon } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';

/** What is not live is asked for anew every so many seconds. */
const askEvery = 15;

/** What runs here, as the server says it. */
function useSystem() {
    const system = useLoad('system', api.system);
    useEffect(() => { let n = 0; return onTick(() => { n += 1; if (n % askEvery === 0 && !document.hidden) system.reload(); }); }, [system.reload]);
    return system;
}

/** Who runs a system goes to where it is run. */
const addressOf = ({ path }) => (path === '/parking' && mayOpen(session, '/parking/owner') ? '/parking/owner' : path);

function headline(silent, failed, elsewhere, isEmpty) {
    if (isEmpty) return 'Ready for its first node';
    if (silent === 0 && failed === 0) return elsewhere > 0 ? `${plural(elsewhere, 'device')} ${elsewhere === 1 ? 'needs' : 'need'} attention` : 'All is well';
    const parts = [silent > 0 && plural(silent, 'node'), failed > 0 && plural(failed, 'command')].filter(Boolean);
    return `${parts.join(' and ')} ${silent + failed === 1 ? 'needs' : 'need'} attention`;
}

/** Up to so many nodes each has a mark of its own; more are a bar. */
const mostMarks = 120;

/** How the nodes divide into states: a mark for each, in order of name, or a bar; and the same in words. */
function Flock({ nodes, counts, present }) {
    const parts = [['online', 'good'], ['asleep', 'good'], ['offline', 'bad'], ['unknown', 'unknown']]
        .filter(([state]) => counts[state] > 0);
    return html`
        ${nodes.length <= mostMarks
            ? html`
                <div class="flock" aria-hidden="true">${[...nodes].sort(byName).map((node) => html`
                    <span key=${node.node_id} title=${node.node_id}
                        data-tone=${states[stateOf(node, present).state].tone}></span>`)}</div>`
            : html`
                <div class="state-bar" aria-hidden="true">${parts.map(([state, tone]) => html`
                    <span key=${state} data-tone=${tone} style=${{ flexGrow: counts[state] / nodes.length }}></span>`)}</div>`}
        <ul class="state-words" role="list">${parts.map(([state, tone]) => html`
            <li key=${state} data-tone=${tone}>
                <${Glyph} tone=${tone} />
                <strong>${number(counts[state], 0)}</strong> ${state}
            </li>`)}</ul>`;
}

/** One system that runs here. The sensor nodes are counted live; others say what the server says. */
function System({ solution, nodes, counts, present }) {
    const live = solution.id === 'nodes' && nodes.length > 0;
    if (solution.id === 'parking' && solution.devices > 0) return html`<${CarParksGlance} title=${solution.title} path=${addressOf(solution)} />`;
    return html`
        <li class="card system">
            <h3><a href=${addressOf(solution)}>${solution.title}</a><${Icon} name="chevron" /></h3>
            ${live
                ? html`<${Flock} nodes=${nodes} counts=${counts} present=${present} />`
                : html`
                    <p>
                        ${plural(solution.devices, 'device')}
                        ${solution.attention > 0 ? `, ${number(solution.attention, 0)} ${solution.attention === 1 ? 'needs' : 'need'} attention` : ''}
                    </p>`}
        </li>`;
}

/** A note about who can reach this. */
function Notes({ system }) {
    const http = system.listeners?.http ?? '';
    const alone = /^(127\.|localhost|\[?::1)/.test(http);
    return html`
        <aside class="notes" aria-label="About this server">
            ${alone && html`
                <p class="note">
                    <${Icon} name="lock" />
                    <span>
                        <strong>Only this machine can open this page.</strong> Martlet listens on <code>${http}</code>,
                        and for nodes on <code>${system.listeners.mqtt}</code>.
                    </span>
                </p>`}
        </aside>`;
}

function Loading() {
    return html`
        <${Head} title="Overview">
            <p class="lead"><span class="skeleton" data-shape="words" aria-hidden="true"></span></p>
        <//>
        <div class="home-grid"><${Skeleton} shape="block" count=${2} label="Loading" /></div>`;
}

/** For somebody who may not see the sensor nodes: what runs here, as far as they may know it. */
function WithoutNodes() {
    const nothing = { solutions: [] };
    const { data, error, reload } = useLoad('system',
        (options) => (session.may('system.view') ? api.system(options) : Promise.resolve(nothing)));
    if (!data && error) return html`
        <${Head} title="Overview" /><${Problem} error=${error} title="What runs here could not be read" retry=${reload} />`;
    if (!data) return html`<${Loading} />`;
    const solutions = data.solutions.filter((solution) => mayOpen(session, solution.path));
    return html`
        <${Head} title="Overview"><p class="lead">Signed in as ${session.state.user?.username}.</p><//>
        ${solutions.length === 0 && html`
            <${Empty} icon="lock" title="Nothing here is open to you yet">
                <p>An administrator of this hub can give you a role.</p>
                <p class="actions"><a class="button primary" href="/account">What I may do</a></p>
            <//>`}
        <div class="home-grid">
            <ul class="systems" role="list">${solutions.map((solution) => html`
                <${System} key=${solution.id} solution=${solution} nodes=${[]} />`)}</ul>
            ${session.may('broker.view', '*') && html`<${BrokerGlance} />`}
        </div>`;
}

export const Page = () => (session.may('nodes.view') ? html`<${Everything} />` : html`<${WithoutNodes} />`);

function Everything() {
    const { nodes, loaded, error, retry } = useNodes();
    const system = useSystem();
    const failed = useFailedCommands();
    if (!loaded && error) return html`
        <${Head} title="Overview" />
        <${Problem} error=${error} title="Martlet cannot be reached" retry=${() => { retry(); system.reload(); }} />`;
    if (!loaded || failed === null || (system.loading && !system.data)) return html`<${Loading} />`;
    const present = now();
    const counts = tally(nodes, present);
    const silent = silentNodes(nodes, present);
    const solutions = system.data?.solutions ?? [
        { id: 'nodes', title: 'Sensor nodes', path: '/nodes', devices: nodes.length, attention: silent.length },
    ];
    // The other systems say themselves how many of their devices a person should look at.
    const others = solutions.filter((solution) => solution.id !== 'nodes' && solution.devices > 0)
        .map((solution) => ({ ...solution, path: addressOf(solution) }));
    const elsewhere = others.reduce((sum, solution) => sum + solution.attention, 0);
    const isEmpty = nodes.length + others.length === 0;
    const well = silent.length + failed.length + elsewhere === 0;
    return html`
        <${Head} title="Overview"
            words=${html`
                <span class="headline" data-tone=${well ? 'good' : 'warn'}>
                    ${!isEmpty && html`<${Glyph} tone=${well ? 'good' : 'warn'} />`}
                    ${headline(silent.length, failed.length, elsewhere, isEmpty)}
                </span>`}>
            ${nodes.length > 0 && html`<p class="lead">${verdict(counts, nodes.length)}</p>`}
        <//>
        <${Attention} silent=${silent} failed=${failed} others=${others} />
        ${isEmpty && html`<${FirstNode} />`}
        <section aria-labelledby="running">
            <div class="section-head"><h2 id="running">Running</h2></div>
            <div class="home-grid">
                <ul class="systems" role="list">${solutions.map((solution) => html`
                    <${System} key=${solution.id} solution=${solution} nodes=${nodes} counts=${counts}
                        present=${present} />`)}</ul>
                ${session.may('broker.view', '*') && html`<${BrokerGlance} />`}
            </div>
        </section>
        ${system.data && html`
            <${Notes} system=${system.data} />
            <p class="colophon">
                Martlet ${system.data.version}, running <${Age}
                    at=${instant(system.data.started_at)} lead="for" />, ${bytes(system.data.data_bytes)} stored.
            </p>`}`;
}

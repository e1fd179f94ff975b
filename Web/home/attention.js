// What needs a person: nodes that are offline or unknown, and commands that failed. Most urgent first.

import { html, useState } from '/lib/html.js';
import { api } from '/lib/api.js';
import { useLive, useLoad } from '/lib/hooks.js';
import { number, plural } from '/lib/format.js';
import { instant, now } from '/lib/time.js';
import { commandWords, isFailed, withCommand } from '/nodes/command-model.js';
import { byName, isWell, stateOf, stateOrder, states } from '/nodes/model.js';
import { nodeAddress } from '/nodes/panel.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';

const most = 8;
const commandsFor = 86_400_000;

/** Nodes that are neither online nor asleep, offline before unknown, the longest first. */
export function silentNodes(nodes, present) {
    return nodes.map((node) => ({ node, ...stateOf(node, present) })).filter(({ state }) => !isWell(state))
        .sort((a, b) => stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state)
            || (a.since ?? 0) - (b.since ?? 0) || byName(a.node, b.node));
}

/** Commands of the last day that came to nothing, newest first. */
export function useFailedCommands() {
    const [live, setLive] = useState([]);
    const { data, loading, reload } = useLoad('failed',
        (options) => api.allCommands({ state: 'failed,timed_out,expired', limit: 20 }, options));
    const take = (command) => setLive((held) => withCommand(held, command).slice(0, 50));
    useLive(['nodes/+/commands'], (message) => take(message.data), reload);
    // What comes later would push down what is read already.
    if (!data && loading) return null;
    const oldest = now() - commandsFor;
    return live.reduce(withCommand, data?.commands ?? [])
        .filter((command) => isFailed(command) && instant(command.updated_at) > oldest);
}

function SilentNode({ entry: { node, state, since } }) {
    return html`
        <li>
            <a class="attention" href=${nodeAddress(node)}>
                <${Badge} tone=${states[state].tone} word=${states[state].word} since=${since} quiet />
                <span class="attention-name">${node.node_id}</span>
                <span class="attention-more">heard of <${Age} at=${instant(node.last_seen)} /></span>
            </a>
        </li>`;
}

function FailedCommand({ command }) {
    const [word, tone] = commandWords[command.state];
    return html`
        <li>
            <a class="attention" href=${`${nodeAddress(command)}#commands`}>
                <${Badge} tone=${tone} word=${word} quiet />
                <span class="attention-name">
                    ${command.command} <span class="attention-to">to ${command.node_id}</span>
                </span>
                <span class="attention-more">
                    ${command.error ? `${command.error} · ` : ''}
                    <${Age} at=${instant(command.updated_at)} />
                </span>
            </a>
        </li>`;
}

/** Another system that has something to look at; where exactly, its own page says. */
function OtherSystem({ solution: { title, path, devices, attention } }) {
    return html`
        <li>
            <a class="attention" href=${path}>
                <${Badge} tone="warn" word=${attention === 1 ? 'Needs a look' : 'Need a look'} quiet />
                <span class="attention-name">${title}</span>
                <span class="attention-more">${number(attention, 0)} of ${plural(devices, 'device')}</span>
            </a>
        </li>`;
}

export function Attention({ silent, failed, others }) {
    const systems = others.filter(({ attention }) => attention > 0);
    if (silent.length + failed.length + systems.length === 0) return null;
    const commandRoom = Math.min(failed.length, Math.max(2, most - silent.length));
    const nodeRoom = Math.max(0, most - commandRoom);
    const hidden = silent.length - nodeRoom;
    return html`
        <section aria-labelledby="attention">
            <h2 class="unseen" id="attention">Needs attention</h2>
            <ul class="card list" role="list">
                ${silent.slice(0, nodeRoom).map((entry) => html`
                    <${SilentNode} key=${entry.node.node_id} entry=${entry} />`)}
                ${hidden > 0 && html`
                    <li><a class="attention more" href="/nodes?group=state">and ${number(hidden, 0)} more nodes</a></li>`}
                ${systems.map((solution) => html`<${OtherSystem} key=${solution.id} solution=${solution} />`)}
                ${failed.slice(0, commandRoom).map((command) => html`
                    <${FailedCommand} key=${command.command_id} command=${command} />`)}
            </ul>
        </section>`;
}

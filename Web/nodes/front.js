// The sensor nodes on the front page: how they are in one card, and what of them needs a person. Most urgent first.

import { html } from '/lib/html.js';
import { commandTones, inOrder, isFailed, newer } from '/lib/command-states.js';
import { useFollowed } from '/lib/follow.js';
import { number } from '/lib/format.js';
import { instant, now } from '/lib/time.js';
import { api } from '/nodes/api.js';
import {
    byName, isWell, nodeAddress, stateOf, stateOrder, states, tally, verdict,
} from '/nodes/model.js';
import { useNodes } from '/nodes/store.js';
import { t } from '/nodes/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { commandWord } from '/parts/command-words.js';
import { StateWords, SystemCard } from '/parts/system.js';

const most = 8;
const commandsFor = 86_400_000;

/** Nodes that are neither online nor asleep, offline before unknown, the longest first. */
function silentNodes(nodes, present) {
    return nodes.map((node) => ({ node, ...stateOf(node, present) })).filter(({ state }) => !isWell(state))
        .sort((a, b) => stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state)
            || (a.since ?? 0) - (b.since ?? 0) || byName(a.node, b.node));
}

/** Commands of the last day that came to nothing, newest first. */
function useFailedCommands() {
    const { list, loaded, error } = useFollowed('failed', () => ({
        topics: ['nodes/+/commands'],
        load: (options) => api.allCommands({ kind: 'node', state: 'failed,timed_out,expired', limit: 20 }, options),
        // The oldest first: with more than `most` they go first.
        records: ({ commands }) => inOrder(commands).reverse(),
        keyOf: (command) => command.command_id,
        key: ({ data }) => (isFailed(data) ? data.command_id : null),
        apply: (command, { data }) => newer(command, data),
        lay: newer,
        isWhole: () => true,
        most: 50,
    }));
    // What comes later would push down what is read already.
    if (!loaded && !error) return null;
    const oldest = now() - commandsFor;
    return inOrder(list).filter((command) => instant(command.updated_at) > oldest);
}

function SilentNode({ entry: { node, state, since } }) {
    return html`
        <li>
            <a class="attention" href=${nodeAddress(node)}>
                <${Badge} tone=${states[state].tone} word=${states[state].word} since=${since} quiet />
                <span class="attention-name">${node.node_id}</span>
                <span class="attention-more">${t('heardOfAge',
                    { age: html`<${Age} at=${instant(node.last_seen)} />` })}</span>
            </a>
        </li>`;
}

function FailedCommand({ command }) {
    return html`
        <li>
            <a class="attention" href=${`${nodeAddress(command)}#commands`}>
                <${Badge} tone=${commandTones[command.state]} word=${commandWord(command.state)} quiet />
                <span class="attention-name">
                    ${command.command} <span class="attention-to">${t('to', { node_id: command.node_id })}</span>
                </span>
                <span class="attention-more">
                    ${command.error ? `${command.error} · ` : ''}
                    <${Age} at=${instant(command.updated_at)} />
                </span>
            </a>
        </li>`;
}

/** The rows of the front page's list: silent nodes first of all, failed commands last. */
function rows(silent, failed) {
    const commandRoom = Math.min(failed.length, Math.max(2, most - silent.length));
    const nodeRoom = Math.max(0, most - commandRoom);
    const hidden = silent.length - nodeRoom;
    return {
        urgent: [
            ...silent.slice(0, nodeRoom).map((entry) => html`<${SilentNode} key=${entry.node.node_id}
                entry=${entry} />`),
            hidden > 0 && html`
                <li><a class="attention more"
                    href="/nodes?group=state">${t('share.more', { hidden: number(hidden, 0) })}</a></li>`,
        ],
        later: failed.slice(0, commandRoom).map((command) => html`<${FailedCommand} key=${command.command_id}
            command=${command} />`),
    };
}

/** What the front page says of the nodes (README.md, "A solution's pages"). */
export function useFront() {
    const { nodes, loaded, error, retry } = useNodes();
    const failed = useFailedCommands();
    if (!loaded || failed === null) return { loaded: false, error: loaded ? null : error, retry };
    const present = now();
    const counts = tally(nodes, present);
    const silent = silentNodes(nodes, present);
    return {
        loaded: true, retry, devices: nodes.length, attention: silent.length,
        needs: [[silent.length, t('nodes', { count: silent.length })],
            [failed.length, t('commands.count', { count: failed.length })]],
        verdict: nodes.length > 0 ? verdict(counts, nodes.length) : null,
        ...rows(silent, failed),
        nodes, counts, present,
    };
}

/** Up to so many nodes each has a mark of its own; more are a bar. */
const mostMarks = 120;

/** How the nodes divide into states: a mark for each, in order of name, or a bar; and the same in words. */
export function Card({ title, path, front: { nodes, counts, present } }) {
    const parts = [['online', 'good'], ['asleep', 'good'], ['offline', 'bad'], ['unknown', 'unknown']]
        .filter(([state]) => counts[state] > 0);
    return html`
        <${SystemCard} title=${title} path=${path}>
            ${nodes.length <= mostMarks
                ? html`
                    <div class="flock" aria-hidden="true">${[...nodes].sort(byName).map((node) => html`
                        <span key=${node.node_id} title=${node.node_id}
                            data-tone=${states[stateOf(node, present).state].tone}></span>`)}</div>`
                : html`
                    <div class="state-bar" aria-hidden="true">${parts.map(([state, tone]) => html`
                        <span key=${state} data-tone=${tone}
                            style=${{ flexGrow: counts[state] / nodes.length }}></span>`)}</div>`}
            <${StateWords} states=${parts.map(([state, tone]) => [tone, counts[state], t(`count.${state}`)])} />
        <//>`;
}

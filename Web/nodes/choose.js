// Which nodes are shown and in what order, from the address: q, state, sort, group, view. Pure functions.

import { instant } from '/lib/time.js';
import { byName, stateOf, stateOrder } from '/nodes/model.js';

/** Above this many, panels no longer help; a table does. */
export const panelLimit = 60;

/** The choices in an address, with what holds when it says nothing. */
export function choicesOf(query) {
    const state = query.get('state');
    const sort = query.get('sort') ?? 'name';
    const view = query.get('view');
    return {
        q: query.get('q') ?? '',
        state: stateOrder.includes(state) ? state : null,
        sort: { key: sort.replace(/^-/, ''), down: sort.startsWith('-') },
        group: query.get('group') === 'state' ? 'state' : null,
        view: view === 'panels' || view === 'table' ? view : null,
    };
}

const sortValue = {
    state: (node, present) => stateOrder.indexOf(stateOf(node, present).state),
    seen: (node) => instant(node.last_seen) ?? 0,
    signal: (node) => node.wifi_rssi,
};

/** What the filter looks in. */
const haystack = (node) => [node.node_id, node.client_id, node.address, node.firmware].join(' ').toLowerCase();

/** Nodes that fit, in order. A node without the value sorted by comes last, whichever way round. */
export function choose(nodes, { q, state, sort }, present) {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (node) => (state === null || stateOf(node, present).state === state)
        && words.every((word) => haystack(node).includes(word));
    const shown = nodes.filter(fits);
    const turn = sort.down ? -1 : 1;
    if (sort.key === 'name') return shown.sort((a, b) => turn * byName(a, b));
    const value = sortValue[sort.key] ?? ((node) => node.latest?.[sort.key]?.value);
    return shown.map((node) => [value(node, present), node]).sort(([a, first], [b, second]) => {
        const [none, never] = [a === null || a === undefined, b === null || b === undefined];
        if (none || never) return none - never || byName(first, second);
        return turn * (a < b ? -1 : a > b ? 1 : 0) || byName(first, second);
    }).map(([, node]) => node);
}

/** Nodes by state, most urgent first; states without nodes are left out. */
export function grouped(nodes, present) {
    const groups = new Map(stateOrder.map((state) => [state, []]));
    for (const node of nodes) groups.get(stateOf(node, present).state).push(node);
    return [...groups].filter(([, members]) => members.length > 0);
}

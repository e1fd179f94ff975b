// All nodes, kept up to date from the live topics. One store for the pages that show many nodes.

import { Store, useStore } from '/lib/follow.js';
import { api } from '/nodes/api.js';
import { afterState, afterTelemetry, unheardOf, withEvents, withLatest } from '/nodes/model.js';

const isState = ({ topic }) => topic.endsWith('/state');

/** A node after an event about it, or what events said of one that is not known otherwise. */
export function afterEvent(node, event) {
    return isState(event) ? afterState(node, event.data) : afterTelemetry(node ?? unheardOf, event.data);
}

/** A value that is none leaves the one before; a field that is not there any more leaves nothing. */
function withHeld(node, before) {
    const known = withLatest(before?.latest, node.latest);
    return { ...node, latest: Object.fromEntries(Object.keys(node.latest).map((name) => [name, known[name]])) };
}

const store = new Store({
    topics: ['nodes/+/telemetry', 'nodes/+/state'],
    load: api.nodes,
    keyOf: (node) => node.node_id,
    key: ({ data }) => data.node_id,
    apply: afterEvent,
    lay: (node, said, before) => withEvents(withHeld(node, before), said),
    // Of a node not known yet its state event says the rest, which comes right after its first reading.
    isWhole: (said) => said.node_id !== undefined,
    // Time alone changes a state: online becomes unknown when its news grow old.
    everySecond: true,
});

/** All nodes: {nodes, loaded, error, retry}, drawn anew when something changes. */
export function useNodes() {
    const { list, loaded, error } = useStore(store);
    return { nodes: list, loaded, error, retry: () => store.load() };
}

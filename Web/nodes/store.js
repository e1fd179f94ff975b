// All nodes, kept up to date from the live topics. One store for the pages that show many nodes; it reads everything
// once, then follows the events, and reads anew when events were missed.

import { useEffect, useState } from '/lib/html.js';
import { api } from '/lib/api.js';
import { live } from '/lib/live.js';
import { instant, onTick } from '/lib/time.js';
import { afterState, afterTelemetry } from '/nodes/model.js';

/** Pages draw at most so often, however many events come: fast enough to feel live, slow enough for a phone. */
const drawEvery = 250;

class NodeStore {
    constructor() {
        this.nodes = new Map();
        this.error = null;
        this.loaded = false;
        this.listeners = new Set();
        /** Newest state event of each node, so that an older answer does not undo it. */
        this.stateAt = new Map();
    }

    watch(listener) {
        this.listeners.add(listener);
        if (this.listeners.size === 1) this.start();
        return () => {
            this.listeners.delete(listener);
            if (this.listeners.size === 0) this.stop();
        };
    }

    start() {
        this.unsubscribe = live.subscribe(['nodes/+/telemetry', 'nodes/+/state'], (message) => this.take(message),
            () => this.load());
        // Time alone changes a state: online becomes unknown when its news grow old.
        this.unwatch = onTick(() => this.changed());
        this.load();
    }

    stop() {
        this.unsubscribe();
        this.unwatch();
        this.abort?.abort();
    }

    async load() {
        this.abort?.abort();
        const stop = new AbortController();
        this.abort = stop;
        try {
            const { nodes, at } = await api.nodes({ signal: stop.signal });
            const before = this.nodes;
            this.nodes = new Map(nodes.map((node) => [node.node_id, this.merge(before.get(node.node_id), node, at)]));
            // Nodes that appeared while the answer was on its way are not in it.
            for (const [id, node] of before) {
                if (!this.nodes.has(id) && (this.stateAt.get(id) ?? 0) > at) this.nodes.set(id, node);
            }
            this.loaded = true;
            this.error = null;
        } catch (error) {
            if (stop.signal.aborted) return;
            this.error = error;
        }
        this.changed(true);
    }

    /**
     * The answer's node, with what events told meanwhile and it does not know: the server may have noted a report in its table
     * a moment before its newest values were there to be read.
     */
    merge(held, node, at) {
        if (!held) return node;
        const heldSeen = instant(held.last_seen) ?? 0;
        const seen = instant(node.last_seen) ?? 0;
        const latest = { ...node.latest };
        for (const [name, entry] of Object.entries(held.latest ?? {})) {
            const isNewer = latest[name] ? instant(latest[name].observed_at) < instant(entry.observed_at) : heldSeen >= seen;
            if (isNewer) latest[name] = entry;
        }
        const stateIsOurs = (this.stateAt.get(node.node_id) ?? 0) > at;
        return { ...(stateIsOurs ? { ...node, ...held } : node), latest, last_seen: heldSeen > seen ? held.last_seen : node.last_seen };
    }

    take(message) {
        const { topic, data } = message;
        const held = this.nodes.get(data.node_id);
        if (topic.endsWith('/telemetry')) {
            // A reading of a node not known yet: its state event says the rest.
            if (held) this.nodes.set(data.node_id, afterTelemetry(held, data));
        } else if (topic.endsWith('/state')) {
            this.stateAt.set(data.node_id, instant(message.at));
            this.nodes.set(data.node_id, afterState(held, data));
        }
        this.changed();
    }

    changed(now = false) {
        if (now) { clearTimeout(this.timer); this.timer = null; this.tell(); return; }
        this.timer ??= setTimeout(() => { this.timer = null; this.tell(); }, drawEvery);
    }

    tell() {
        for (const listener of [...this.listeners]) listener();
    }
}

const store = new NodeStore();

/** All nodes: {nodes, loaded, error, retry}, drawn anew when something changes. */
export function useNodes() {
    const [, set] = useState(0);
    useEffect(() => store.watch(() => set((value) => value + 1)), []);
    return { nodes: [...store.nodes.values()], loaded: store.loaded, error: store.error, retry: () => store.load() };
}

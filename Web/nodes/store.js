// All nodes, kept up to date from the live topics. One store for the pages that show many nodes; it reads everything
// once, then follows the events, and reads anew when events were missed.

import { useEffect, useState } from '/lib/html.js';
import { api } from '/lib/api.js';
import { live } from '/lib/live.js';
import { onTick } from '/lib/time.js';
import { afterState, afterTelemetry, unheardOf, withEvents, withLatest } from '/nodes/model.js';

/** Pages draw at most so often, however many events come: fast enough to feel live, slow enough for a phone. */
const drawEvery = 250;

class NodeStore {
    constructor() {
        this.nodes = new Map();
        this.error = null;
        this.loaded = false;
        this.listeners = new Set();
        /**
         * What events said that no answer has brought: since the answer under way was asked for, and of nodes whose first state is
         * still to come.
         */
        this.said = new Map();
        this.isLoading = false;
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
        // What was said before is in the answer.
        this.said.clear();
        this.isLoading = true;
        try {
            const nodes = await api.nodes({ signal: stop.signal });
            // A value that is none leaves the one before; a field that is not there any more leaves nothing.
            const held = (node) => {
                const known = withLatest(this.nodes.get(node.node_id)?.latest, node.latest);
                return { ...node, latest: Object.fromEntries(Object.keys(node.latest).map((name) => [name, known[name]])) };
            };
            this.nodes = new Map(nodes.map((node) => [node.node_id, withEvents(held(node), this.said.get(node.node_id))]));
            // Nodes that appeared while the answer was on its way are not in it.
            for (const [id, node] of this.said) if (!this.nodes.has(id) && node.node_id) this.nodes.set(id, node);
            for (const id of this.nodes.keys()) this.said.delete(id);
            this.loaded = true;
            this.error = null;
        } catch (error) {
            if (stop.signal.aborted) return;
            this.error = error;
        }
        this.isLoading = false;
        this.changed(true);
    }

    take({ topic, data }) {
        const id = data.node_id;
        const held = this.nodes.get(id);
        const said = this.said.get(id);
        if (topic.endsWith('/telemetry')) {
            // Of a node not known yet its state event says the rest, which comes right after its first reading.
            if (held) this.nodes.set(id, afterTelemetry(held, data));
            if (this.isLoading || !held) this.said.set(id, afterTelemetry(said ?? unheardOf, data));
        } else if (topic.endsWith('/state')) {
            this.nodes.set(id, afterState(held ?? said, data));
            if (this.isLoading) this.said.set(id, afterState(said, data)); else this.said.delete(id);
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

// Lots, kept up to date from the live topics: all with their counts, and one with its spots. Without a live connection that one is
// asked for every few seconds.

import { useEffect, useMemo, useState } from '/lib/html.js';
import { useFollowed } from '/lib/hooks.js';
import { live } from '/lib/live.js';
import { now, learnServerTime, onTick } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { statusOf, tally } from '/parking/model.js';

/** Pages draw at most so often, however many events come. */
const drawEvery = 150;
const askEvery = 10_000;

class LotStore {
    constructor(id) {
        this.id = id;
        this.lot = null;
        this.spots = new Map();
        this.error = null;
        /** When the server was last heard, milliseconds by its clock. */
        this.heard = 0;
        /** What events said of spots since the answer under way was asked for: it may be older. */
        this.said = new Map();
        this.isLoading = false;
        this.listeners = new Set();
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
        this.unsubscribe = live.subscribe([`parking/${this.id}/spots/+`, `parking/${this.id}/counts`], (message) => this.take(message), () => this.load());
        let seconds = 0;
        this.unwatch = onTick(() => {
            seconds += 1;
            if (live.status !== 'open' && seconds % (askEvery / 1000) === 0) this.load();
            this.changed();
        });
        this.unwatchLive = live.watch(() => { if (live.status === 'open' && this.error) this.load(); this.changed(); });
        this.load();
    }

    stop() {
        this.unsubscribe();
        this.unwatch();
        this.unwatchLive();
        this.abort?.abort();
    }

    async load() {
        this.abort?.abort();
        const stop = new AbortController();
        this.abort = stop;
        this.said.clear();
        this.isLoading = true;
        let isWhole = true;
        try {
            const { spots, ...lot } = await parking.lot(this.id, { signal: stop.signal });
            if (lot.now) learnServerTime(lot.now);
            this.lot = lot;
            this.spots = new Map(spots.map((spot) => [spot.spot_id, { ...spot, ...this.said.get(spot.spot_id) }]));
            // A spot that was made while the answer was on its way.
            isWhole = [...this.said.keys()].every((spot) => this.spots.has(spot));
            this.heard = now();
            this.error = null;
        } catch (error) {
            if (stop.signal.aborted) return;
            this.error = error;
        }
        this.isLoading = false;
        this.changed(true);
        if (!isWhole) this.load();
    }

    take({ topic, data }) {
        if (!topic.includes('/spots/')) return;
        const { event, ...said } = data;
        if (this.isLoading) this.said.set(data.spot_id, said);
        const held = this.spots.get(data.spot_id);
        if (held) {
            this.spots.set(data.spot_id, { ...held, ...said });
            this.changed();
        // A spot that is new here: what it is and where comes with the whole lot.
        } else if (this.lot && !this.isLoading) this.load();
    }

    /** When the server was last heard: now, while the connection is open. */
    get contact() { return live.status === 'open' ? now() : this.heard; }

    changed(atOnce = false) {
        if (atOnce) { clearTimeout(this.timer); this.timer = null; this.tell(); return; }
        this.timer ??= setTimeout(() => { this.timer = null; this.tell(); }, drawEvery);
    }

    tell() {
        if (live.status === 'open' && this.lot) this.heard = now();
        for (const listener of [...this.listeners]) listener();
    }
}

const stores = new Map();

function storeOf(id) {
    if (!stores.has(id)) {
        // One looks at one lot, seldom at two; what was left long ago is read anew.
        if (stores.size > 8) for (const [key, store] of stores) if (store.listeners.size === 0) stores.delete(key);
        stores.set(id, new LotStore(id));
    }
    return stores.get(id);
}

/** A lot: {lot, spots, status(spot), counts, contact, error, reload}; `lot` is null before it is known. */
export function useLot(id) {
    const store = useMemo(() => storeOf(id), [id]);
    const [, set] = useState(0);
    useEffect(() => store.watch(() => set((value) => value + 1)), [store]);
    const present = now();
    const { lot, contact, error } = store;
    const spots = [...store.spots.values()];
    const status = (spot) => statusOf(spot, lot ?? {}, contact, present);
    return { lot, spots, status, counts: tally(spots, status), contact, error, reload: () => store.load() };
}

/** All lots that one may see, with their counts: {lots, error, reload}; `lots` is null before they are known. */
export function useLots() {
    const { data, said, error, reload } = useFollowed('lots', (options) => parking.lots(options), ['parking/+/counts'],
        ({ topic }) => topic.split('/')[1]);
    return { lots: data && data.map((lot) => ({ ...lot, ...said[lot.lot_id] })), error, reload };
}

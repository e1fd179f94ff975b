// What is read once over HTTP and then followed by live events. An answer may be older than events that overtook it,
// so a store keeps what events said since it asked and lays that over the answer; it reads anew when events were
// missed, and when the server is back after a question that failed.

import { useEffect, useMemo, useState } from '/lib/html.js';
import { live } from '/lib/live.js';
import { now, onTick } from '/lib/time.js';

/** Records by key, as the server has them. It reads and listens only while somebody watches. */
export class Store {
    /**
     * @param topics live topics; @param load(options) asks for everything; @param records(answer) the list in what it
     * gives
     * @param keyOf(record), key(event) which record it is, or is about; null: none of these
     * @param apply(record, event) a record after an event, also of what events said so far (undefined: nothing) of an
     * unknown one
     * @param lay(record, said, before) an answer's record under what events said since it was asked for, and how it
     * was before
     * @param isWhole(said) whether events said all that there is to know of a new record
     * @param loadsUnknown whether everything is read anew for an event about an unknown record
     * @param heard(event, before), answered(answer) are told of each
     * @param most records are kept; @param drawEvery watchers are told at most so often, milliseconds
     * @param everySecond watchers are told by the clock as well: time alone changes what they show
     * @param askEvery without a live connection everything is asked for so often, milliseconds
     * @param held records that were read already, and @param after the last event before they were asked for
     * (`live.last`)
     */
    constructor({ topics, load, records = (answer) => answer, keyOf, key,
        apply = (record, { data }) => ({ ...record, ...data }),
        lay = (record, said) => ({ ...record, ...said }), isWhole = null, loadsUnknown = false, heard = null,
            answered = null,
        most = Infinity, drawEvery = 250, everySecond = false, askEvery = null, held = null, after }) {
        this.ways = { topics, load, records, keyOf, key, apply, lay, isWhole, loadsUnknown, heard, answered, most,
            drawEvery, everySecond,
            askEvery, after };
        this.records = new Map((held ?? []).map((record) => [keyOf(record), record]));
        /** Whether everything was read at least once. */
        this.loaded = held !== null;
        this.error = null;
        /** When the server was last heard, milliseconds by its clock. */
        this.lastHeard = 0;
        /**
         * What events said that no answer has brought: since the one under way was asked for, and of records that are
         * not whole yet.
         */
        this.said = new Map();
        this.isLoading = false;
        this.watchers = new Set();
        this.mustLoad = held === null;
    }

    /** Calls `watcher` when something has changed; returns a function that stops it. */
    watch(watcher) {
        this.watchers.add(watcher);
        if (this.watchers.size === 1) this.start();
        return () => {
            this.watchers.delete(watcher);
            if (this.watchers.size === 0) this.stop();
        };
    }

    start() {
        const { topics, after, everySecond, askEvery } = this.ways;
        const ends = [live.subscribe(topics, (event) => this.take(event), () => this.load(),
            this.mustLoad ? undefined : after)];
        ends.push(live.watch(() => {
            if (live.status === 'open' && this.error) this.load();
            if (everySecond) this.changed();
        }));
        let seconds = 0;
        if (everySecond || askEvery) ends.push(onTick(() => {
            seconds += 1;
            if (askEvery && live.status !== 'open' && seconds % Math.round(askEvery / 1000) === 0) this.load();
            if (everySecond) this.changed();
        }));
        this.end = () => { for (const each of ends) each(); };
        if (this.mustLoad) this.load();
        // What is not listened to is not known any more.
        this.mustLoad = true;
    }

    stop() {
        this.end();
        this.abort?.abort();
        this.isLoading = false;
        clearTimeout(this.timer);
        this.timer = null;
    }

    async load() {
        this.abort?.abort();
        const stop = new AbortController();
        this.abort = stop;
        // What was said before is in the answer.
        this.said.clear();
        this.isLoading = true;
        let isMissing = false;
        try {
            const answer = await this.ways.load({ signal: stop.signal });
            if (stop.signal.aborted) return;
            isMissing = this.fill(answer);
            this.loaded = true;
            this.error = null;
            this.lastHeard = now();
        } catch (error) {
            if (stop.signal.aborted) return;
            this.error = error;
        }
        this.isLoading = false;
        this.changed(true);
        if (isMissing) this.load();
    }

    /** Takes an answer; true when events told of records that are not in it and must be asked for. */
    fill(answer) {
        const { records, keyOf, lay, isWhole, loadsUnknown, answered } = this.ways;
        const before = this.records;
        this.records = new Map(records(answer).map((record) => {
            const id = keyOf(record);
            return [id, lay(record, this.said.get(id), before.get(id))];
        }));
        // What appeared while the answer was on its way is not in it.
        let isMissing = false;
        for (const [id, said] of this.said) {
            if (this.records.has(id)) this.said.delete(id);
            else if (isWhole?.(said)) { this.records.set(id, said); this.said.delete(id);
                } else isMissing = loadsUnknown;
        }
        answered?.(answer);
        return isMissing;
    }

    take(event) {
        const { key, apply, isWhole, loadsUnknown, heard, most } = this.ways;
        const id = key(event);
        if (id === null || id === undefined) return;
        const held = this.records.get(id);
        const isKnown = this.records.has(id);
        if (isKnown) this.records.set(id, apply(held, event));
        if (this.isLoading || (!isKnown && isWhole)) this.said.set(id, apply(this.said.get(id), event));
        if (!isKnown && isWhole?.(this.said.get(id))) {
            this.records.set(id, this.said.get(id));
            if (!this.isLoading) this.said.delete(id);
            if (this.records.size > most) this.records.delete(this.records.keys().next().value);
        } else if (!isKnown && loadsUnknown && this.loaded && !this.isLoading) this.load();
        heard?.(event, held);
        this.changed();
    }

    /** Puts in a record that was made here. */
    put(record) {
        this.records.set(this.ways.keyOf(record), record);
        this.changed(true);
    }

    /** When the server was last heard: now, while the connection is open. */
    get contact() { return live.status === 'open' ? now() : this.lastHeard; }

    get list() { return [...this.records.values()]; }

    changed(atOnce = false) {
        if (atOnce) { clearTimeout(this.timer); this.timer = null; this.tell(); return; }
        this.timer ??= setTimeout(() => { this.timer = null; this.tell(); }, this.ways.drawEvery);
    }

    tell() {
        if (live.status === 'open' && this.loaded) this.lastHeard = now();
        for (const watcher of [...this.watchers]) watcher();
    }
}

/** Watches a store while the component is shown, and draws it anew when something has changed. */
export function useStore(store) {
    const [, set] = useState(0);
    useEffect(() => store.watch(() => set((value) => value + 1)), [store]);
    return store;
}

/**
 * A store of this component's own, made anew when `key` changes; of the functions in `ways` those of the first
 * drawing are called.
 */
export function useFollowed(key, ways) {
    return useStore(useMemo(() => new Store(ways()), [key]));
}

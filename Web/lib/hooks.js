// Small hooks that several pages need.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from '/lib/html.js';
import { live } from '/lib/live.js';
import { session } from '/lib/session.js';
import { onTick } from '/lib/time.js';

/** Draws the component anew once a second while it is shown. */
export function useTick(active = true) {
    const [, set] = useState(0);
    useEffect(() => (active ? onTick(() => set((value) => value + 1)) : undefined), [active]);
}

/** Calls `work` every so many seconds while the component is shown: for what is not live. */
export function useEvery(seconds, work) {
    const latest = useRef(work);
    latest.current = work;
    useEffect(() => {
        // By the clock: a page that is not looked at ticks seldom.
        let last = Date.now();
        return onTick(() => {
            if (Date.now() - last < seconds * 1000) return;
            last = Date.now();
            latest.current();
        });
    }, [seconds]);
}

/** The live connection: draws anew when it changes. */
export function useConnection() {
    const [, set] = useState(0);
    useEffect(() => live.watch(() => set((value) => value + 1)), []);
    return live;
}

/** Who is signed in: draws anew when that changes. */
export function useSession() {
    const [, set] = useState(0);
    // At once, not after the picture is drawn: the answer may come before that, and nobody would hear of it.
    useLayoutEffect(() => session.watch(() => set((value) => value + 1)), []);
    return session;
}

/**
 * Something that is asked for by hand: {busy, error, run, clear}. `run` gives what came of it, undefined if nothing
 * did.
 */
export function useAction() {
    const [state, set] = useState({ busy: false, error: null });
    const busy = useRef(false);
    const run = async (work) => {
        if (busy.current) return undefined;
        busy.current = true;
        set({ busy: true, error: null });
        try {
            const result = await work();
            set({ busy: false, error: null });
            return result ?? null;
        } catch (error) {
            set({ busy: false, error });
            return undefined;
        } finally { busy.current = false; }
    };
    return { ...state, run, clear: () => set({ busy: false, error: null }) };
}

/**
 * Loads something when `key` changes: {data, error, loading, reload}. While a newer answer is on its way the older one
 * stays, so that nothing jumps; an answer that was overtaken is dropped.
 */
export function useLoad(key, load) {
    const [state, set] = useState({ data: null, error: null, loading: true, key: null });
    const current = useRef(null);
    const latest = useRef(load);
    latest.current = load;
    const run = useCallback(() => {
        current.current?.abort();
        const stop = new AbortController();
        current.current = stop;
        set((old) => ({ ...old, loading: true }));
        return latest.current({ signal: stop.signal }).then(
            (data) => { if (!stop.signal.aborted) set({ data, error: null, loading: false, key }); },
            (error) => { if (!stop.signal.aborted) set((old) => ({ ...old, error, loading: false, key })); });
    }, [key]);
    useEffect(() => { run(); return () => current.current?.abort(); }, [run]);
    return { ...state, reload: run };
}

/**
 * Subscribes to live topics while the component is shown, if need be to what was said `after` an event; the newest
 * functions are always the ones called.
 */
export function useLive(topics, event, missed, after) {
    const handlers = useRef({});
    handlers.current = { event, missed };
    const key = topics.join(' ');
    useEffect(() => {
        if (topics.length === 0) return undefined;
        return live.subscribe(topics, (message) => handlers.current.event(message), () => handlers.current.missed?.(),
            after);
    }, [key]);
}

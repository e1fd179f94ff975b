// Lots, kept up to date from the live topics: all with their counts, and one with its spots. Without a live
// connection that one is asked for every few seconds.

import { useEffect, useMemo, useRef } from '/lib/html.js';
import { Store, useFollowed, useStore } from '/lib/follow.js';
import { useLive } from '/lib/hooks.js';
import { now, learnServerTime } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { statusOf, tally } from '/parking/model.js';

/**
 * A lot is drawn at most so often, however many events come; and asked for so often while nothing is live.
 * Milliseconds.
 */
const drawEvery = 150;
const askEvery = 10_000;

/** What a lot says of itself without its spots, and its spots as the records of a store. */
function lotStore(id) {
    const store = new Store({
        topics: [`parking/${id}/spots/+`, `parking/${id}/counts`],
        load: (options) => parking.lot(id, options),
        records: ({ spots }) => spots,
        answered: ({ spots, ...lot }) => {
            if (lot.now) learnServerTime(lot.now);
            store.lot = lot;
        },
        keyOf: (spot) => spot.spot_id,
        key: ({ topic, data }) => (topic.includes('/spots/') ? data.spot_id : null),
        apply: (spot, { data: { event, ...said } }) => ({ ...spot, ...said }),
        // A spot that is new here: what it is and where comes with the whole lot.
        loadsUnknown: true,
        everySecond: true,
        drawEvery,
        askEvery,
    });
    store.lot = null;
    return store;
}

const stores = new Map();

function storeOf(id) {
    if (!stores.has(id)) {
        // One looks at one lot, seldom at two; what was left long ago is read anew.
        if (stores.size > 8) for (const [key, store] of stores) if (store.watchers.size === 0) stores.delete(key);
        stores.set(id, lotStore(id));
    }
    return stores.get(id);
}

/** A lot: {lot, spots, status(spot), counts, contact, error, reload}; `lot` is null before it is known. */
export function useLot(id) {
    const store = useStore(useMemo(() => storeOf(id), [id]));
    const present = now();
    const { lot, contact, error, list: spots } = store;
    const status = (spot) => statusOf(spot, lot ?? {}, contact, present);
    return { lot, spots, status, counts: tally(spots, status), contact, error, reload: () => store.load() };
}

/** All lots that one may see, with their counts: {lots, error, reload}; `lots` is null before they are known. */
export function useLots() {
    const store = useFollowed('lots', () => ({
        topics: ['parking/+/counts'],
        load: (options) => parking.lots(options),
        keyOf: (lot) => lot.lot_id,
        key: ({ topic }) => topic.split('/')[1],
        drawEvery,
    }));
    return { lots: store.loaded ? store.list : null, error: store.error, reload: () => store.load() };
}

/** Money moves with every car; what is made of it is read anew at most so often, milliseconds. */
const readEvery = 3000;

/** Reads anew when money of the lot has moved. */
export function useMoney(lot, reload) {
    const timer = useRef(null);
    useEffect(() => () => clearTimeout(timer.current), []);
    const later = () => { timer.current ??= setTimeout(() => { timer.current = null; reload(); }, readEvery); };
    useLive([`parking/${lot.lot_id}/money`], later, reload);
}

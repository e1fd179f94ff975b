// All classrooms, kept up to date from the live topics; one of them; and what takes it when.

import { useRef, useState } from '/lib/html.js';
import { Store, useFollowed, useStore } from '/lib/follow.js';
import { useLive } from '/lib/hooks.js';
import { api } from '/classrooms/api.js';

const store = new Store({
    topics: ['classrooms/+/state', 'classrooms/+/removed'],
    load: (options) => api.rooms({}, options),
    keyOf: (room) => room.classroom_id,
    key: ({ data }) => data.classroom_id,
    apply: (room, { topic, data }) => (topic.endsWith('/removed') ? null : { ...room, ...data }),
    // An event says how a room is, and not what it is called.
    isWhole: (said) => said?.name !== undefined,
    loadsUnknown: true,
    // Time alone changes what is free.
    everySecond: true,
});

/** All rooms: {rooms, loaded, error, retry}, drawn anew when something changes. */
export function useRooms() {
    const { list, loaded, error } = useStore(store);
    return { rooms: list.filter(Boolean), loaded, error, retry: () => store.load() };
}

/** One room, followed live: {room, loaded, error, retry}. */
export function useRoom(id) {
    const followed = useFollowed(id, () => ({
        topics: [`classrooms/${id}/state`, `classrooms/${id}/removed`],
        load: (options) => api.room(id, options),
        records: (room) => [room],
        keyOf: (room) => room.classroom_id,
        key: ({ data }) => data.classroom_id,
        apply: (room, { topic, data }) => (topic.endsWith('/removed') ? null : { ...room, ...data }),
        everySecond: true,
    }));
    const { list, loaded, error } = followed;
    return { room: list[0] ?? null, loaded, error, retry: () => followed.load() };
}

/**
 * Calls `reload` a moment after an event of these topics that `fits`: several that come together are one. An event
 * names what changed and not how, because that is not for everybody to know.
 */
export function useReload(topics, reload, fits = () => true) {
    const timer = useRef(null);
    const again = () => {
        timer.current ??= setTimeout(() => { timer.current = null; reload(); }, 200);
    };
    useLive(topics, (event) => { if (fits(event)) again(); }, again);
}

/** How often the bookings of a room changed since the page was opened: a part of the key under which they are read. */
export function useChanges(id) {
    const [count, set] = useState(0);
    useReload([`classrooms/${id}/bookings`, `classrooms/${id}/state`], () => set((value) => value + 1));
    return count;
}

// All tanks, kept up to date by live events.

import { ask } from '/lib/api.js';
import { Store, useStore } from '/lib/follow.js';
import { learnServerTime } from '/lib/time.js';

const store = new Store({
    topics: ['tanks/+/state', 'tanks/+/removed'],
    async load(options) {
        const answer = await ask('GET', '/api/tanks', options);
        learnServerTime(answer.now);
        return answer.tanks;
    },
    keyOf: (tank) => tank.device_id,
    key: ({ data }) => data.device_id,
    // One that was removed and reports again is there again.
    apply: (tank, { topic, data }) => ({ ...tank, ...data, isRemoved: topic.endsWith('/removed') }),
    isWhole: (said) => said.state !== undefined,
});

/** How many need a person. */
export const needing = (tanks) => tanks.filter(({ state }) => state !== 'filled').length;

/** All tanks: {tanks, loaded, error, retry}, drawn anew when something changes. */
export function useTanks() {
    const { list, loaded, error } = useStore(store);
    return { tanks: list.filter(({ isRemoved }) => !isRemoved), loaded, error, retry: () => store.load() };
}

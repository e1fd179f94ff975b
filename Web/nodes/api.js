// The API of the sensor nodes, one function a request. Times in queries are milliseconds since 1970.

import { address, ask } from '/lib/api.js';
import { learnServerTime } from '/lib/time.js';

const path = (id) => `/api/nodes/${encodeURIComponent(id)}`;

export const api = {
    async nodes(options) {
        const answer = await ask('GET', '/api/nodes', options);
        learnServerTime(answer.now);
        return answer.nodes;
    },
    node: (id, options) => ask('GET', path(id), options),
    readings: (id, query, options) => ask('GET', address(`${path(id)}/readings`, query), options),
    /** The readings as a file, for `parts/readings.js`. */
    readingsCSV: (id) => ({
        file: id,
        address: (query) => address(`${path(id)}/readings`, query),
        read: (query) => ask('GET', address(`${path(id)}/readings`, query), { accept: 'text/csv' }),
    }),
    refusals: (id, options) => ask('GET', `${path(id)}/refusals`, options),
    allCommands: (query, options) => ask('GET', address('/api/commands', query), options),
    commandsPath: (id) => `${path(id)}/commands`,
    resetField: (id, field) => ask('POST', `${path(id)}/fields/reset`, { body: { field } }),
};

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
    readingsCSV: (id, query) => ask('GET', address(`${path(id)}/readings`, query), { accept: 'text/csv' }),
    refusals: (id, options) => ask('GET', `${path(id)}/refusals`, options),
    commands: (id, query, options) => ask('GET', address(`${path(id)}/commands`, query), options),
    allCommands: (query, options) => ask('GET', address('/api/commands', query), options),
    command: (id, body) => ask('POST', `${path(id)}/commands`, { body }),
    links: (id, query, options) => ask('GET', address('/api/links', { device: id, ...query }), options),
    share: (kind, id, purpose) => ask('POST', '/api/links', { body: { kind, device: id, purpose } }),
    revoke: (id) => ask('DELETE', `/api/links/${encodeURIComponent(id)}`),
    resetField: (id, field) => ask('POST', `${path(id)}/fields/reset`, { body: { field } }),
};

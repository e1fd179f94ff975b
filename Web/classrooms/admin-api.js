// The API for those who run the classrooms, one function a request. Times in queries are instants as text.

import { address, ask, askPage } from '/lib/api.js';

const room = (id) => `/api/admin/classrooms/${encodeURIComponent(id)}`;
const device = (id) => `/api/admin/devices/${encodeURIComponent(id)}`;
const booking = (id) => `/api/staff/bookings/${encodeURIComponent(id)}`;
const largest = 1000;

/** All rows of a list that comes in pages. */
async function all(path, member, query, options) {
    const rows = [];
    let after = null;
    do {
        const page = await askPage(address(path, { ...query, limit: largest, after }), options);
        rows.push(...page[member]);
        after = page.next;
    } while (after !== null);
    return rows;
}

export const admin = {
    dashboard: (options) => ask('GET', '/api/admin/dashboard', options),
    add: (body) => ask('POST', '/api/admin/classrooms', { body }),
    change: (id, body) => ask('PUT', room(id), { body }),
    remove: (id) => ask('DELETE', room(id)),
    power: (id, body) => ask('POST', `${room(id)}/power`, { body }),
    devices: (options) => all('/api/admin/devices', 'devices', {}, options),
    /** What the hub knows of the same devices: their firmware. */
    registered: (options) => all('/api/devices', 'devices', { kind: 'classroom' }, options),
    addDevice: (body) => ask('POST', '/api/admin/devices', { body }),
    moveDevice: (id, classroom) => ask('PUT', device(id), { body: { classroom_id: classroom } }),
    newKey: (id) => ask('POST', `${device(id)}/key`),
    removeDevice: (id) => ask('DELETE', device(id)),
    requests: (query, options) => askPage(address('/api/admin/bookings', query), options),
    times: (query, options) => askPage(address('/api/admin/booked-times', query), options),
    booking: (id, options) => ask('GET', booking(id), options),
    decide: (id, body) => ask('POST', `/api/admin/bookings/${encodeURIComponent(id)}/decision`, { body }),
    cancelTime: (id, time, following) => ask('DELETE', address(
        `${booking(id)}/occurrences/${encodeURIComponent(time)}`, { following: following ? 'true' : null })),
    messages: (query, options) => askPage(address('/api/admin/messages', query), options),
    answered: (id) => ask('POST', `/api/admin/messages/${encodeURIComponent(id)}/answered`),
    powerLogs: (query, options) => askPage(address('/api/admin/power-logs', query), options),
    powerTable: (query) => ask('GET', address('/api/admin/power-logs', query), { accept: 'text/csv' }),
    statusLogs: (query, options) => ask('GET', address('/api/admin/status-logs', query), options),
    statusTable: (query) => ask('GET', address('/api/admin/status-logs', query), { accept: 'text/csv' }),
};

// The API of the classrooms, one function a request. Times in queries are milliseconds since 1970.

import { address, ask } from '/lib/api.js';
import { learnServerTime } from '/lib/time.js';

const room = (id) => `/api/staff/classrooms/${encodeURIComponent(id)}`;
const booking = (id) => `/api/staff/bookings/${encodeURIComponent(id)}`;

export const api = {
    async rooms(query = {}, options = {}) {
        const answer = await ask('GET', address('/api/staff/classrooms', query), options);
        learnServerTime(answer.now);
        return answer.classrooms;
    },
    room: (id, options) => ask('GET', room(id), options),
    async bookings(id, query, options) {
        return (await ask('GET', address(`${room(id)}/bookings`, query), options)).bookings;
    },
    mine: (query, options) => ask('GET', address('/api/staff/bookings', query), options),
    booking: (id, options) => ask('GET', booking(id), options),
    book: (body) => ask('POST', '/api/staff/bookings', { body }),
    change: (id, body) => ask('PUT', booking(id), { body }),
    cancel: (id) => ask('DELETE', booking(id)),
    cancelTime: (id, time, following = false) => ask('DELETE', address(
        `${booking(id)}/occurrences/${encodeURIComponent(time)}`, { following: following ? 'true' : null })),
    checkIn: (id) => ask('POST', `${room(id)}/check-in`),
    power: (id, body, asAdmin) => ask('POST', asAdmin
        ? `/api/admin/classrooms/${encodeURIComponent(id)}/power` : `${room(id)}/power`, { body }),
    contact: (body) => ask('POST', '/api/contact', { body }),
};

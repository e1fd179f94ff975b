// The API of the car parks: docs/parking-api.md. What the pages show is made of these answers by model.js.

import { address, ask, askPage } from '/lib/api.js';

const lotPath = (id, more = '') => `/api/lots/${encodeURIComponent(id)}${more}`;
const post = (path, body = {}) => ask('POST', path, { body });

export const parking = {
    async lots(options) {
        const answer = await ask('GET', '/api/lots', options);
        return Array.isArray(answer) ? answer : answer.lots;
    },
    lot: (id, options) => ask('GET', lotPath(id), options),
    /** What the link of a lot's board shows, with the answer's head: {response, data}. */
    sharedBoard: (key, options) =>
        ask('GET', '/api/lot-boards', { ...options, bearer: key, whole: true, plain: true }),
    stats: (id, options) => ask('GET', `/api/stats/${encodeURIComponent(id)}`, options),
    price: (id, query, options) => ask('GET', address(lotPath(id, '/price'), query), options),
    forecast: (id, options) => ask('GET', lotPath(id, '/forecast'), options),
    reserve: (id, body) => post(lotPath(id, '/reservations'), body),
    /** The lot's reservations, for those who may see who reserved. */
    reservations: (id, query, options) => askPage(address(lotPath(id, '/reservations'), query), options),
    mine: (options) => ask('GET', '/api/reservations', options),
    giveUp: (id) => ask('DELETE', `/api/reservations/${encodeURIComponent(id)}`),
    /** A stranger's own; the code is in the body, never in an address. */
    look: (id, code) => post(`/api/reservations/${encodeURIComponent(id)}/look`, { code }),
    cancel: (id, code) => post(`/api/reservations/${encodeURIComponent(id)}/cancel`, { code }),

    init: () => post('/api/init'),
    override: (lot, body) => post(lotPath(lot, '/override'), body),
    addLot: (body) => post('/api/lots', body),
    changeLot: (id, body) => ask('PUT', lotPath(id), { body }),
    removeLot: (id) => ask('DELETE', lotPath(id)),
    addSpot: (lot, body) => post(lotPath(lot, '/spots'), body),
    changeSpot: (lot, id, body) => ask('PUT', lotPath(lot, `/spots/${encodeURIComponent(id)}`), { body }),
    removeSpot: (lot, id) => ask('DELETE', lotPath(lot, `/spots/${encodeURIComponent(id)}`)),
    export: (lot, accept) => ask('GET', address('/api/lots/export', { lot_id: lot }), { accept }),
    /** Lots and spots as a file has them: JSON or CSV. */
    import: (content) =>
        ask('POST', '/api/lots/import',
        { text: { content, type: /^\s*[{[]/.test(content) ? 'application/json' : 'text/csv' } }),
    history: (lot, query, options) => ask('GET', address(lotPath(lot, '/history'), query), options),
    /** All spots of a lot, however many answers that takes. */
    async calibration(lot, options) {
        const [spots, gaps] = [[], new Map()];
        let answer;
        do {
            answer = await ask('GET', address(lotPath(lot, '/calibration'), { after: answer?.next }), options);
            spots.push(...answer.spots);
            for (const gap of answer.incomplete) gaps.set(`${gap.from} ${gap.to} ${gap.reason}`, gap);
        } while (answer.next);
        return { ...answer, spots, incomplete: [...gaps.values()] };
    },
    calibrate: (lot, spots) => post(lotPath(lot, '/calibration/apply'), { spots }),
    whatIfStale: (lot, body) => post(lotPath(lot, '/what-if'), body),

    sessions: (lot, query, options) => askPage(address(lotPath(lot, '/sessions'), query), options),
    payments: (lot, query, options) => askPage(address(lotPath(lot, '/payments'), query), options),
    revenue: (lot, query, options) => ask('GET', address(lotPath(lot, '/revenue'), query), options),
    report: (lot, query, options) => ask('GET', address(lotPath(lot, '/report'), query), options),
    /** What all lots that one may see earned. */
    allRevenue: (query, options) => ask('GET', address('/api/revenue', query), options),
    allRevenueTable: (query) => ask('GET', address('/api/revenue', query), { accept: 'text/csv' }),
    lotsTable: () => ask('GET', '/api/lots', { accept: 'text/csv' }),
    spotsTable: (query) => ask('GET', address('/api/spots', query), { accept: 'text/csv' }),
    table: (lot, name, query) => ask('GET', address(lotPath(lot, `/${name}`), query), { accept: 'text/csv' }),
    pay: (body) => post('/api/payments', body),
    waive: (session, body) => post(`/api/sessions/${encodeURIComponent(session)}/waive`, body),
    allocate: (id, session) => post(`/api/payments/${encodeURIComponent(id)}/allocate`, { session_id: session }),
    refund: (id, body) => post(`/api/payments/${encodeURIComponent(id)}/refund`, body),
    tariffs: (lot, options) => ask('GET', lotPath(lot, '/tariffs'), options),
    addTariff: (lot, body) => post(lotPath(lot, '/tariffs'), body),
    whatIf: (lot, body) => post(lotPath(lot, '/tariffs/what-if'), body),
};

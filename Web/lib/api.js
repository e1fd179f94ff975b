// The HTTP half of the conversation with the server. Every failure becomes one kind of error that a page can show.

import { learnServerTime } from '/lib/time.js';

/**
 * A request that did not do what it should. `code` is stable, `id` is also in the server's log, `retryAfter` says in how
 * many seconds another attempt makes sense.
 */
export class ApiError extends Error {
    constructor({ status = 0, code = 'unknown', title = 'Something went wrong', detail = '', id = null,
        retryAfter = null }) {
        super(detail || title);
        Object.assign(this, { name: 'ApiError', status, code, title, detail, id, retryAfter });
    }
}

const limit = 20_000;

async function problem(response) {
    let body = {};
    try { body = await response.json(); } catch { /* Not JSON: what the status says must do. */ }
    return new ApiError({
        status: response.status,
        code: body.code ?? `http_${response.status}`,
        title: body.title ?? (response.status >= 500 ? 'The server could not do this' : 'The request was refused'),
        detail: body.detail ?? '',
        id: body.id ?? body.error_id ?? body.instance ?? response.headers.get('x-request-id'),
        retryAfter: Number(response.headers.get('retry-after')) || null,
    });
}

async function once(method, path, { body, text, accept = 'application/json', signal }) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new DOMException('', 'TimeoutError')), limit);
    const cancel = () => stop.abort(signal.reason);
    if (signal?.aborted) cancel(); else signal?.addEventListener('abort', cancel, { once: true });
    try {
        const response = await fetch(path, {
            method,
            headers: { accept, ...(text ? { 'content-type': text.type } : body === undefined ? {} : { 'content-type': 'application/json' }) },
            body: text ? text.content : body === undefined ? undefined : JSON.stringify(body),
            signal: stop.signal,
        });
        if (!response.ok) throw await problem(response);
        if (response.status === 204) return null;
        if (accept !== 'application/json') return await response.text();
        return await response.json();
    } catch (error) {
        if (error instanceof ApiError || signal?.aborted) throw error;
        if (error.name === 'TimeoutError') {
            throw new ApiError({ code: 'timeout', title: 'The server did not answer',
                detail: `No answer within ${limit / 1000} seconds.` });
        }
        if (error instanceof SyntaxError) {
            throw new ApiError({ code: 'bad_answer', title: 'The answer could not be read',
                detail: 'The server sent something that is not JSON.' });
        }
        throw new ApiError({ code: 'unreachable', title: 'The server cannot be reached',
            detail: 'It may be stopped, or the network is down.' });
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
    }
}

/** What lib/session.js does when a request needs a sign-in that has ended (true: it holds again), or is not allowed. */
export const gate = { renew: async () => false, forbidden() {} };

/** One request. It is made once more when the sign-in had to be renewed for it; `plain` ones never are. */
export async function ask(method, path, options = {}) {
    try { return await once(method, path, options); } catch (error) {
        if (error.code === 'forbidden') gate.forbidden();
        if (error.code !== 'not_signed_in' || options.plain || !await gate.renew()) throw error;
        return once(method, path, options);
    }
}

/** Path with a query, leaving out what is null or empty. */
export function address(path, query = {}) {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
        if (value !== null && value !== undefined && value !== '') search.set(name, value);
    }
    const text = search.toString();
    return text === '' ? path : `${path}?${text}`;
}

const nodePath = (id) => `/api/nodes/${encodeURIComponent(id)}`;

/** The server's API, one function a request. Times in queries are milliseconds since 1970. */
export const api = {
    system: (options) => ask('GET', '/api/system', options),
    installation: (options) => ask('GET', '/api/system/installation', options),
    broker: (options) => ask('GET', '/api/broker', options),
    async nodes(options) {
        const answer = await ask('GET', '/api/nodes', options);
        learnServerTime(answer.now);
        return answer.nodes;
    },
    node: (id, options) => ask('GET', nodePath(id), options),
    readings: (id, query, options) => ask('GET', address(`${nodePath(id)}/readings`, query), options),
    readingsCSV: (id, query) => ask('GET', address(`${nodePath(id)}/readings`, query), { accept: 'text/csv' }),
    refusals: (id, options) => ask('GET', `${nodePath(id)}/refusals`, options),
    commands: (id, query, options) => ask('GET', address(`${nodePath(id)}/commands`, query), options),
    allCommands: (query, options) => ask('GET', address('/api/commands', query), options),
    command: (id, body) => ask('POST', `${nodePath(id)}/commands`, { body }),
    resetField: (id, field) => ask('POST', `${nodePath(id)}/fields/reset`, { body: { field } }),
};

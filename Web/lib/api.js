// The HTTP half of the conversation with the server. Every failure becomes one kind of error that a page can show.

import { t } from '/lib/i18n.js';

/**
 * A request that did not do what it should. `code` is stable, `id` is also in the server's log, `retryAfter` says in
 * how many seconds another attempt makes sense, and `members` is all that the refusal said.
 */
export class ApiError extends Error {
    constructor({ status = 0, code = 'unknown', title = t('error'), detail = '', id = null,
        retryAfter = null, members = {} }) {
        super(detail || title);
        Object.assign(this, { name: 'ApiError', status, code, title, detail, id, retryAfter, members });
    }
}

const limit = 20_000;

async function problem(response) {
    let body = {};
    try { body = await response.json(); } catch { /* Not JSON: what the status says must do. */ }
    return new ApiError({
        status: response.status,
        code: body.code ?? `http_${response.status}`,
        title: body.title ?? t(response.status >= 500 ? 'error.server' : 'error.refused'),
        detail: body.detail ?? '',
        id: body.id ?? body.error_id ?? body.instance ?? response.headers.get('x-request-id'),
        retryAfter: Number(response.headers.get('retry-after')) || null,
        members: body,
    });
}

async function once(method, path, { body, text, accept = 'application/json', bearer, signal,
    whole = false }) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new DOMException('', 'TimeoutError')), limit);
    const cancel = () => stop.abort(signal.reason);
    const type = text ? text.type : body === undefined ? null : 'application/json';
    if (signal?.aborted) cancel(); else signal?.addEventListener('abort', cancel, { once: true });
    try {
        const response = await fetch(path, {
            method,
            headers: {
                accept, ...(type ? { 'content-type': type } : {}),
                ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
            },
            body: text ? text.content : body === undefined ? undefined : JSON.stringify(body),
            signal: stop.signal,
        });
        if (!response.ok) throw await problem(response);
        if (whole) return { response, data: await response.json() };
        if (response.status === 204) return null;
        if (accept !== 'application/json') return await response.text();
        return await response.json();
    } catch (error) {
        if (error instanceof ApiError || signal?.aborted) throw error;
        if (error.name === 'TimeoutError') {
            throw new ApiError({ code: 'timeout', title: t('error.timeout'),
                detail: t('error.timeout.says', { seconds: limit / 1000 }) });
        }
        if (error instanceof SyntaxError) {
            throw new ApiError({ code: 'bad_answer', title: t('error.answer'), detail: t('error.answer.says') });
        }
        throw new ApiError({ code: 'unreachable', title: t('error.unreachable'), detail: t('error.unreachable.says') });
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
    }
}

/** What lib/session.js does when a request needs a sign-in that has ended (true: it holds again), or is not allowed. */
export const gate = { renew: async () => false, forbidden() {} };

/**
 * One request; `bearer` is the key of a link, for what it opens. It is made once more when the sign-in had to be
 * renewed for it; `plain` ones never are.
 */
export async function ask(method, path, options = {}) {
    const asked = Date.now();
    try { return await once(method, path, options); } catch (error) {
        if (error.code === 'forbidden') gate.forbidden();
        if (error.code !== 'not_signed_in' || options.plain || !await gate.renew(asked)) throw error;
        return once(method, path, options);
    }
}

/**
 * What asks for the page after this one (`after`), from the answer itself or from its header `Link` (RFC 8288); null
 * after the last.
 */
function nextOf(response, data) {
    if (!Array.isArray(data)) return data.next ?? null;
    const link = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(response.headers.get('link') ?? '');
    return link ? new URL(link[1], location.href).searchParams.get('after') : null;
}

/** One page of a list: what the answer has, with `next`; a bare list is its `rows`. */
export async function askPage(path, options) {
    const { response, data } = await ask('GET', path, { ...options, whole: true });
    return { ...(Array.isArray(data) ? { rows: data } : data), next: nextOf(response, data) };
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

/** What the hub says of itself; its solutions have an `api.js` each. Times in queries are milliseconds since 1970. */
export const api = {
    system: (options) => ask('GET', '/api/system', options),
    installation: (options) => ask('GET', '/api/system/installation', options),
    broker: (options) => ask('GET', '/api/broker', options),
};

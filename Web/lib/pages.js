// Lists that come in pages.

import { useState } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';

/** Rows of the first page, and of each further one. */
const rowsOf = (page) => (page === 0 ? 50 : 200);

/**
 * The first pages of a list, as one: {rows, next}. `ask` gets what the query of a page needs and gives an answer of
 * `askPage`, whose rows are in `member`; `next` is null when nothing is behind them.
 */
export async function readPages(pages, member, ask) {
    const rows = [];
    let next = null;
    for (let page = 0; page < pages; page += 1) {
        const answer = await ask({ limit: rowsOf(page), ...(next === null ? {} : { after: next }) });
        rows.push(...answer[member]);
        next = answer.next;
        if (next === null) break;
    }
    return { rows, next };
}

/**
 * A list that comes in pages: {data: {rows, next}, error, loading, reload, more}. `more` asks for one page more, and
 * is null when there is none; `ask` gets what the query of a page needs and gives an answer of `askPage`, whose rows
 * are in `member`.
 */
export function usePages(key, member, ask) {
    const [held, hold] = useState({ key, pages: 1 });
    const pages = held.key === key ? held.pages : 1;
    const { data, error, loading, reload } = useLoad(`${key} ${pages}`,
        (options) => readPages(pages, member, (query) => ask(query, options)));
    return { data, error, loading, reload, more: data && data.next !== null
        ? () => hold({ key, pages: pages + 1 }) : null };
}

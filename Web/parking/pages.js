// Long lists of a lot, and how they are kept up to date.

import { useEffect, useRef, useState } from '/lib/html.js';
import { useLive, useLoad } from '/lib/hooks.js';

/** Rows of the first page, and of each further one. */
const rowsOf = (page) => (page === 0 ? 50 : 200);

/** Money moves with every car; the lists are read anew at most so often, milliseconds. */
const readEvery = 3000;

/** Reads anew when money of the lot has moved. */
export function useMoney(lot, reload) {
    const timer = useRef(null);
    useEffect(() => () => clearTimeout(timer.current), []);
    useLive([`parking/${lot.lot_id}/money`], () => { timer.current ??= setTimeout(() => { timer.current = null; reload(); }, readEvery); }, reload);
}

/**
 * A list that comes in pages: {data: {rows, next}, error, loading, reload, more}. `more` asks for one page more,
 * and is null when there is none; `ask` gets what the query of a page needs.
 */
export function usePages(key, member, ask) {
    const [held, hold] = useState({ key, pages: 1 });
    const pages = held.key === key ? held.pages : 1;
    const { data, error, loading, reload } = useLoad(`${key} ${pages}`, async (options) => {
        const rows = [];
        let next = null;
        for (let page = 0; page < pages; page += 1) {
            const answer = await ask({ limit: rowsOf(page), ...(next === null ? {} : { after: next }) }, options);
            rows.push(...answer[member]);
            next = answer.next ?? null;
            if (next === null) break;
        }
        return { rows, next };
    });
    return { data, error, loading, reload, more: data && data.next !== null ? () => hold({ key, pages: pages + 1 }) : null };
}

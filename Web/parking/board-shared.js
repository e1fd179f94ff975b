// The board of a lot for a screen where nobody has signed in: its address is a link, made by the owner. The key is
// behind the # of that address, which a browser sends to nobody. The counts are asked for every few seconds with the
// key in a header field, so that no proxy writes it down.

import { html, useEffect, useState } from '/lib/html.js';
import { minuteIn } from '/lib/format.js';
import { useEvery, useLoad } from '/lib/hooks.js';
import { messages } from '/lib/i18n.js';
import { learnServerTime, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { Board } from '/parking/board.js';
import own from '/parking/board.en.js';
import { boardCounts, longestTrust } from '/parking/model.js';
import strings from '/parking/strings.en.js';

const t = messages({ ...strings, ...own });
/** So often the counts are asked for, seconds. */
const every = 5;

/** What is wrong, in a sentence; null while the counts are fresh. */
function noticeOf(error, heard, zone, isLate) {
    if (error?.status === 404) return t('linkEnded');
    if (!error && !isLate) return null;
    const [ever, since] = error?.status ? ['noNews', 'noNewsSince'] : ['lost', 'lostSince'];
    return heard ? t(since, { time: minuteIn(heard, zone) }) : t(ever);
}

export function Page() {
    const [key] = useState(() => location.hash.slice(1));
    const [started] = useState(() => now());
    const { data, error, loading, reload } = useLoad(key, async (options) => {
        const { response, data: board } = await parking.sharedBoard(key, options);
        learnServerTime(response.headers.get('date'));
        return { board, heard: now() };
    });
    // Another link in the address of an open page is another page, which the browser does not load by itself.
    useEffect(() => {
        const begin = () => location.reload();
        addEventListener('hashchange', begin);
        return () => removeEventListener('hashchange', begin);
    }, []);
    const isOver = error?.status === 404;
    const [pause, wait] = useState(0);
    useEffect(() => wait(error?.retryAfter ? Date.now() + error.retryAfter * 1000 : 0), [error]);
    useEvery(every, () => { if (!loading && !isOver && Date.now() >= pause) reload(); });
    const { board, heard } = (!isOver && data) || {};
    const zone = board?.time_zone ?? 'UTC';
    const isLate = now() - (heard ?? started) > 3 * every * 1000;
    return html`<${Board} name=${board?.name ?? t('carPark')} zone=${zone}
        counts=${board ? boardCounts(board, now() - heard > longestTrust * 1000) : null}
        notice=${noticeOf(error, heard, zone, isLate)} />`;
}

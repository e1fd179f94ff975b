// The screen at the entrance: how many are free on each level, to be read from five metres. It never says a number that
// it does not know, comes back by itself, and begins anew when it was left alone for a day.

import { html, useEffect, useState } from '/lib/html.js';
import { useConnection, useTick } from '/lib/hooks.js';
import { now } from '/lib/time.js';
import { fullness, levelWords } from '/parking/model.js';
import { useLot } from '/parking/store.js';
import { clock } from '/parking/zone.js';
import { Glyph } from '/parts/icons.js';

const anew = 86_400_000;
/** Levels that are read from five metres at once; of more, pages turn. */
const atOnce = 8;
const turnEvery = 8000;
const words = { good: 'free', warn: 'few left', bad: 'full', unknown: 'not known' };

/** Keeps the screen on, as far as the browser can. */
function useAwake() {
    useEffect(() => {
        let lock = null;
        let ended = false;
        const hold = () => navigator.wakeLock?.request('screen').then((held) => { if (ended) held.release(); else lock = held; }, () => {});
        const seen = () => { if (!document.hidden) hold(); };
        hold();
        document.addEventListener('visibilitychange', seen);
        return () => { ended = true; document.removeEventListener('visibilitychange', seen); lock?.release(); };
    }, []);
}

/** Out of reach for long, the page looks by itself whether the server is there again, and begins anew if it is. */
function useRevival(status, since) {
    useEffect(() => {
        const begun = Date.now();
        const timer = setInterval(() => {
            const isLost = status !== 'open' && Date.now() - since > 60_000;
            if (isLost || Date.now() - begun > anew) {
                fetch('/health', { cache: 'no-store' }).then((answer) => { if (answer.ok) location.reload(); }, () => {});
            }
        }, 15_000);
        return () => clearInterval(timer);
    }, [status, since]);
}

export function Page({ params }) {
    const { lot, counts, contact, error } = useLot(params.lot);
    const { status, since } = useConnection();
    const [started] = useState(() => now());
    useTick();
    useAwake();
    useRevival(status, since);
    const name = lot?.name ?? (error?.status === 404 ? 'No such car park' : 'Car park');
    useEffect(() => { document.title = `${name} · Board · Martlet`; }, [name]);
    const zone = lot?.time_zone ?? 'UTC';
    const levels = lot ? [...counts.levels] : [];
    const pages = Math.max(1, Math.ceil(levels.length / atOnce));
    const size = Math.ceil(levels.length / pages);
    const turned = Math.floor(now() / turnEvery) % pages;
    const rows = levels.length > 1 ? levels.slice(turned * size, (turned + 1) * size).map(([level, each]) => [levelWords(level), each]) : [['Free spots', counts.all]];
    const lost = status !== 'open' && now() - started > 4000;
    return html`
        <div class="board">
            <header class="board-head"><h1>${name}</h1><p class="board-clock">${clock(now(), zone)}</p></header>
            <ul class="board-levels" role="list" style=${{ '--rows': rows.length }}>${rows.map(([label, each]) => {
                const tone = lot ? fullness(each) : 'unknown';
                const known = tone !== 'unknown' || each.free > 0;
                return html`
                    <li key=${label} class="board-level" data-tone=${tone}>
                        <span class="board-name">${label}</span>
                        <span class="board-word"><${Glyph} tone=${tone} />${known && tone === 'unknown' ? 'at least' : words[tone]}</span>
                        <span class="board-number">${known ? each.free : '?'}</span>
                    </li>`;
            })}</ul>
            <p class="board-foot" data-lost=${lost} role="status">
                ${lost ? html`<span>No connection${contact > 0 ? ` since ${clock(contact, zone)}` : ''}</span>`
                    : lot ? html`<span>${levels.length > 1 ? `${counts.all.free} free of ${counts.all.total}${pages > 1 ? `; levels ${turned * size + 1} to ${turned * size + rows.length} of ${levels.length}` : ''}` : `of ${counts.all.total} spots`}${counts.all.unknown > 0 ? `, ${counts.all.unknown} not known` : ''}</span>` : html`<span></span>`}
            </p>
        </div>`;
}

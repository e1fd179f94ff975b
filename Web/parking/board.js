// The screen at the entrance: how many are free on each level, to be read from five metres. It never says a number that
// it does not know, comes back by itself, and begins anew when it was left alone for a day.

import { html, useEffect, useState } from '/lib/html.js';
import { minuteIn } from '/lib/format.js';
import { useConnection, useTick } from '/lib/hooks.js';
import { messages } from '/lib/i18n.js';
import { useAwake, useRevival } from '/lib/screen.js';
import { now } from '/lib/time.js';
import own from '/parking/board.en.js';
import { fullness, levelWords } from '/parking/model.js';
import { useLot } from '/parking/store.js';
import strings from '/parking/strings.en.js';
import { Glyph } from '/parts/icons.js';

const t = messages({ ...strings, ...own });
/** Levels that are read from five metres at once; of more, pages turn. */
const atOnce = 8;
const turnEvery = 8000;
const words = { good: t('board.good'), warn: t('board.warn'), bad: t('board.bad'), unknown: t('board.unknown') };

/**
 * The board itself.
 * @param name of the lot, or what is said in its place; @param zone whose clock it shows
 * @param counts all together and by level, as `tally` gives them; null: nothing is known
 * @param notice what is wrong, in the place of the sums; @param away, since whether the server is out of reach, and
 * from when on: the page then begins anew by itself
 */
export function Board({ name, zone, counts, notice, away = false, since = 0 }) {
    useTick();
    useAwake();
    useRevival(away, since);
    useEffect(() => { document.title = t('board.title', { name }); }, [name]);
    const levels = counts ? [...counts.levels] : [];
    const pages = Math.max(1, Math.ceil(levels.length / atOnce));
    const size = Math.ceil(levels.length / pages);
    const turned = Math.floor(now() / turnEvery) % pages;
    const rows = levels.length > 1
        ? levels.slice(turned * size, (turned + 1) * size).map(([level, each]) => [levelWords(level), each])
        : [[t('freeSpots'), counts?.all ?? null]];
    const foot = () => {
        const { free, total, unknown } = counts.all;
        const some = t('levelsOf', { from: turned * size + 1, to: turned * size + rows.length, all: levels.length });
        return [
            levels.length > 1 ? t('freeOfAll', { free, total }) : t('ofSpots', { count: total }),
                levels.length > 1 && pages > 1 && `; ${some}`,
            unknown > 0 && `, ${t('countNotKnown', { count: unknown })}`,
        ].filter(Boolean).join('');
    };
    return html`
        <div class="board">
            <header class="board-head"><h1>${name}</h1><p class="board-clock">${minuteIn(now(), zone)}</p></header>
            <ul class="board-levels" role="list" style=${{ '--rows': rows.length }}>${rows.map(([label, each]) => {
                const tone = each ? fullness(each) : 'unknown';
                const known = tone !== 'unknown' || each?.free > 0;
                const isLeast = known && tone === 'unknown';
                return html`
                    <li key=${label} class="board-level" data-tone=${tone}>
                        <span class="board-name">${label}</span>
                        <span class="board-word">
                            <${Glyph} tone=${tone} />${isLeast ? t('board.least') : words[tone]}</span>
                        <span class="board-number">${known ? each.free : '?'}</span>
                    </li>`;
            })}</ul>
            <p class="board-foot" data-lost=${Boolean(notice)} role="status">
                <span>${notice || (counts && foot())}</span>
            </p>
        </div>`;
}

export function Page({ params }) {
    const { lot, counts, contact, error } = useLot(params.lot);
    const { status, since } = useConnection();
    const [started] = useState(() => now());
    useTick();
    const zone = lot?.time_zone ?? 'UTC';
    const isLost = status !== 'open' && now() - started > 4000;
    const notice = isLost ? t(contact > 0 ? 'lostSince' : 'lost', { time: minuteIn(contact, zone) }) : null;
    return html`<${Board} name=${lot?.name ?? (error?.status === 404 ? t('lot.missing') : t('carPark'))} zone=${zone}
        counts=${lot ? counts : null} notice=${notice} away=${status !== 'open'} since=${since} />`;
}

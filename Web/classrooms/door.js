// The display at a room's door, for a screen where nobody has signed in: its address is a link. It says how the room
// is, to be read from five metres, until when, and what comes next; with one tap somebody checks in, or books. What it
// has not heard for long it does not know, and says since when.

import { html, useEffect, useState } from '/lib/html.js';
import { minuteIn } from '/lib/format.js';
import { useAction, useTick } from '/lib/hooks.js';
import { messages } from '/lib/i18n.js';
import { useAwake, useRevival } from '/lib/screen.js';
import { instant, now } from '/lib/time.js';
import { dayOf } from '/lib/zone.js';
import { door, useDoor } from '/classrooms/door-live.js';
import { coming, confirmable, freeUntil, givenAway, lengths, running, shift, stateOf, tones,
    trust } from '/classrooms/door-model.js';
import strings from '/classrooms/door.en.js';
import { Glyph } from '/parts/icons.js';

const t = messages(strings);
/** So long an answer to a tap is shown, milliseconds. */
const shownFor = 12_000;
/** More than so many bookings to come nobody reads in passing. */
const mostShown = 4;

/** Until when that holds, under the big word. */
function untilWords(board, state, present) {
    const booking = running(board, present);
    const at = (time) => minuteIn(instant(time), board.zone);
    if (booking) return t('until', { time: at(booking.end) });
    const until = freeUntil(board, present);
    const isToday = until !== null && dayOf(until, board.zone) === dayOf(present, board.zone);
    if (state === 'free') return isToday ? t('until', { time: at(until) }) : t('until.none');
    return isToday ? t('until.unbooked.time', { time: at(until) }) : t('until.unbooked');
}

/** One sentence more, where somebody has to know it; empty: none. */
function sentence(board, state, present) {
    const booking = running(board, present);
    const at = (time) => minuteIn(instant(time), board.zone);
    if (booking?.requested) return t('says.asked');
    if (state === 'booked') {
        // Where no sensor can tell, nothing is given away, however late it is.
        return instant(booking.come_before) > present ? t('says.awaited', { time: at(booking.come_before) })
            : t('says.notYet');
    }
    if (state === 'silent') return t('says.silent');
    const lost = givenAway(board, present);
    return lost ? t('says.givenAway', { start: at(lost.start), time: at(lost.released_at) }) : '';
}

/** What is wrong, in a sentence; null while what is shown is of the present. */
function noticeOf({ board, heard, error }, isLive) {
    if (error?.status === 404) return t('linkEnded');
    if (isLive || (!board && !error)) return null;
    const [ever, since] = error?.status ? ['noNews', 'noNewsSince'] : ['lost', 'lostSince'];
    return heard ? t(since, { time: minuteIn(heard, board.zone) }) : t(ever);
}

/**
 * What is done by one tap: {busy, answer, tap}. `tap(work, words)` does it, and `words` says of the hub's answer what
 * came of it; `answer`, {text, failed}, is shown for a while.
 */
function useTaps(take, present) {
    const { busy, run } = useAction();
    const [told, tell] = useState(null);
    const tap = (work, words) => run(async () => {
        tell(null);
        try {
            const board = await work();
            take({ board });
            tell({ text: words(board), failed: false, at: now() });
        } catch (error) {
            tell({ text: (error.status && error.detail) || t('failed.says'), failed: true, at: now() });
        }
    });
    return { busy, tap, answer: told && present - told.at < shownFor ? told : null };
}

function Actions({ board, present, linkKey, busy, tap }) {
    const at = (time) => minuteIn(instant(time), board.zone);
    const booking = confirmable(board, present);
    const minutes = lengths(board, present);
    const checkIn = () => tap(() => door.checkIn(linkKey, booking.start),
        () => t('checkIn.done', { time: at(booking.end) }));
    const book = (length) => tap(() => door.book(linkKey, length),
        (told) => t('book.done', { time: at(told.bookings[0]?.end ?? told.now) }));
    if (booking) {
        return html`
            <div class="door-act">
                <button type="button" class="button primary door-button" aria-busy=${busy} onClick=${checkIn}>
                    ${instant(booking.start) > present ? t('checkIn.for', { time: at(booking.start) }) : t('checkIn')}
                </button>
            </div>`;
    }
    return minutes.length > 0 && html`
        <div class="door-act">
            <p class="door-book" id="door-book">${t('book')}</p>
            <div class="door-lengths" role="group" aria-labelledby="door-book">
                ${minutes.map((length) => html`
                    <button type="button" class="button door-button" key=${length} aria-busy=${busy}
                        onClick=${() => book(length)}>
                        ${length === 60 ? t('book.hour') : t('book.minutes', { count: length })}
                    </button>`)}
            </div>
        </div>`;
}

function Next({ board, present, isLive, heard }) {
    const all = coming(board, present);
    const bookings = all.slice(0, mostShown);
    const more = all.length - bookings.length + board.further_bookings;
    const at = (time) => minuteIn(instant(time), board.zone);
    return html`
        <section class="door-next" aria-labelledby="door-next" data-old=${!isLive}>
            <h2 id="door-next">${isLive ? t('next') : t('next.before', { time: minuteIn(heard, board.zone) })}</h2>
            ${bookings.length === 0 ? html`<p>${t('next.none')}</p>` : html`
                <ol role="list">${bookings.map((booking) => html`
                    <li key=${booking.start}>
                        <span class="door-time">${at(booking.start)}–${at(booking.end)}</span>
                        <span class="door-what">${booking.purpose
                            ?? t(booking.requested ? 'next.asked' : 'next.booked')}</span>
                    </li>`)}</ol>`}
            ${more > 0 && html`<p class="door-more">${t('next.more', { count: more })}</p>`}
        </section>`;
}

function Display({ known, linkKey }) {
    useTick();
    useAwake();
    const [started] = useState(() => now());
    const present = now();
    const isOver = known.error?.status === 404;
    const isLive = !isOver && known.heard !== null && present - known.heard < trust;
    const isAway = !isOver && !isLive && present - started > trust;
    // By the machine's own clock, which the page looks at to begin anew.
    const [awaySince, setAway] = useState(0);
    useEffect(() => setAway(isAway ? Date.now() : 0), [isAway]);
    useRevival(isAway, awaySince);
    const board = isOver ? null : known.board;
    const name = board?.name ?? t('room');
    useEffect(() => { document.title = t('title', { name }); }, [name]);
    const zone = board?.zone ?? 'UTC';
    const state = stateOf(board, present, isLive);
    const notice = noticeOf({ ...known, board }, isLive);
    const { busy, answer, tap } = useTaps(known.take, present);
    const says = board && isLive && !answer ? sentence(board, state, present) : '';
    const booking = board && isLive ? running(board, present) : null;
    const [aside, down] = shift(present);
    const place = board && [board.building, board.capacity > 0 && t('seats', { count: board.capacity })]
        .filter(Boolean).join(' · ');
    // Nothing moves when the first answer comes.
    if (!board && !notice) return html`
        <div class="door"><h1 class="unseen">${name}</h1><p class="door-says" role="status">${t('loading')}</p></div>`;
    return html`
        <div class="door" data-tone=${tones[state]} style=${{ '--aside': `${aside}vw`, '--down': `${down}vh` }}>
            <header class="door-head">
                <div><h1>${name}</h1>${place && html`<p>${place}</p>`}</div>
                ${board && html`<p class="door-clock">${minuteIn(present, zone)}</p>`}
            </header>
            <div class="door-state" data-tone=${tones[state]}>
                <div class="door-facts">
                    <p class="door-word" role="status">
                        <${Glyph} tone=${tones[state]} /><span>${t(`state.${state}`)}</span>
                        ${board && isLive && html`<span class="door-until">${untilWords(board, state, present)}</span>`}
                    </p>
                    ${booking?.purpose && html`<p class="door-purpose">${booking.purpose}</p>`}
                    ${says && html`<p class="door-says">${says}</p>`}
                    ${notice && html`<p class="door-says door-notice" role="alert">${notice}</p>`}
                    <p class="door-answer" role="status"
                        data-tone=${answer?.failed ? 'bad' : 'good'}>${answer && isLive ? answer.text : ''}</p>
                </div>
                ${board && isLive && html`
                    <${Actions} board=${board} present=${present} linkKey=${linkKey} busy=${busy} tap=${tap} />`}
            </div>
            ${board && html`<${Next} board=${board} present=${present} isLive=${isLive} heard=${known.heard} />`}
        </div>`;
}

export function Page() {
    const [key] = useState(() => location.hash.slice(1));
    const known = useDoor(key);
    // Another link in the address of an open page is another page, which the browser does not load by itself.
    useEffect(() => {
        const begin = () => location.reload();
        addEventListener('hashchange', begin);
        return () => removeEventListener('hashchange', begin);
    }, []);
    return html`<${Display} known=${known} linkKey=${key} />`;
}

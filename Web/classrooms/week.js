// The week of a room: who has it when, and booking it by dragging or by keyboard. A phone shows one day at a time.

import { html, useEffect, useState } from '/lib/html.js';
import { navigate, withQuery } from '/app/router.js';
import { dayWords, minuteIn, weekday, weekdayAndDay } from '/lib/format.js';
import { useLoad, useSession, useTick } from '/lib/hooks.js';
import { usePrinting } from '/lib/printing.js';
import { instant, now } from '/lib/time.js';
import { dayOf, isElsewhere } from '/lib/zone.js';
import { api } from '/classrooms/api.js';
import { BookDialog } from '/classrooms/book.js';
import { t } from '/classrooms/book-words.js';
import { EntryDialog } from '/classrooms/entry.js';
import { addDays, at, mondayOf } from '/classrooms/rule.js';
import { useChanges, useRoom } from '/classrooms/store.js';
import { WeekGrid } from '/classrooms/week-grid.js';
import { daysOf, entriesOf } from '/classrooms/week-model.js';
import { t as say } from '/classrooms/words.js';
import { Empty } from '/parts/empty.js';
import { Crumb, Head } from '/parts/head.js';
import { Icon } from '/parts/icons.js';
import { OnPaper } from '/parts/print.js';
import { Problem } from '/parts/problem.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';

const narrow = matchMedia('(max-width: 800px)');

/** Whether there is room for a whole week: on paper there always is. */
function useWeekWide() {
    const [isNarrow, set] = useState(narrow.matches);
    const isPrinting = usePrinting();
    useEffect(() => {
        const each = () => set(narrow.matches);
        narrow.addEventListener('change', each);
        return () => narrow.removeEventListener('change', each);
    }, []);
    return isPrinting || !isNarrow;
}

/** The day that comes behind, or before, those that are shown. */
const turned = (days, by) => addDays(by < 0 ? days[0] : days.at(-1), by);

const go = (day) => navigate(withQuery({ day }), { replace: true });

function Turn({ day, today, isWeek }) {
    const back = isWeek ? -7 : -1;
    const link = (to, words, icon) => html`
        <a class="icon-button turn" href=${withQuery({ day: to })} data-replace data-turn=${icon} aria-label=${words}
            title=${words}><${Icon} name="chevron" /></a>`;
    return html`
        <div class="week-turn">
            ${link(addDays(day, back), t(isWeek ? 'week.before' : 'week.day.before'), 'back')}
            ${link(addDays(day, -back), t(isWeek ? 'week.after' : 'week.day.after'), 'onward')}
            <a class="button small" href=${withQuery({ day: null })} data-replace
                aria-current=${day === today ? 'date' : null}>${t('week.today')}</a>
        </div>`;
}

/** The days of the week to choose from, where one day is shown at a time. */
function DayStrip({ day, today }) {
    return html`
        <nav class="day-strip" aria-label=${t('week.days')}>${daysOf(day, true).map((each) => html`
            <a key=${each} href=${withQuery({ day: each })} data-replace data-today=${each === today}
                aria-current=${each === day ? 'date' : null}>
                <span>${weekday(each)}</span><strong>${Number(each.slice(8))}</strong>
            </a>`)}</nav>`;
}

function Legend() {
    return html`
        <ul class="week-legend" role="list">
            ${['own', 'other', 'asked', 'closed'].map((kind) => html`
                <li key=${kind}><span class="week-mark" data-kind=${kind} aria-hidden="true"></span>${
                    t(`week.legend.${kind}`)}</li>`)}
        </ul>`;
}

/** What is booked in the week of a day: all of it also where one day is shown, for a sheet has the whole week. */
function useBookings(room, day) {
    const changes = useChanges(room.classroom_id);
    const monday = mondayOf(day);
    const from = at(monday, 0, room.zone);
    const to = at(addDays(monday, 7), 0, room.zone);
    // What was read of another week says nothing of this one.
    const { data, error, reload } = useLoad(`${room.classroom_id} ${from} ${to} ${changes}`, async (options) =>
        ({ from, to, bookings: await api.bookings(room.classroom_id, { from, to }, options) }));
    const fits = data && data.from === from && data.to === to;
    return { bookings: fits ? data.bookings : null, error, reload };
}

function Body({ room, query }) {
    useTick();
    const session = useSession();
    const isWeek = useWeekWide();
    const [wish, want] = useState(null);
    const [opened, open] = useState(null);
    const [booked, count] = useState(0);
    const today = dayOf(now(), room.zone);
    const asked = query.get('day') ?? '';
    const day = /^\d{4}-\d\d-\d\d$/.test(asked) && !Number.isNaN(Date.parse(`${asked}T00:00Z`)) ? asked : today;
    const days = daysOf(day, isWeek);
    const { bookings, error, reload } = useBookings(room, day);
    const mayBook = session.may('classrooms.book', room.site);
    const title = t('week.title', { room: room.name });
    const label = isWeek ? t('week.of', { day: dayWords(mondayOf(day)) }) : `${weekdayAndDay(day)} ${day.slice(0, 4)}`;
    const back = `/classrooms/rooms/${encodeURIComponent(room.classroom_id)}`;
    return html`
        <${Head} title=${title} above=${html`<${Crumb} path=${back} word=${room.name} />`}>
            <p class="lead" aria-live="polite">${label}${isElsewhere(room.zone)
                && html` · ${t('hint.elsewhere', { zone: room.zone })}`}</p>
        <//>
        <div class="toolbar week-bar">
            <${Turn} day=${day} today=${today} isWeek=${isWeek} />
            ${isWeek && html`<${Legend} />`}
        </div>
        ${!isWeek && html`<${DayStrip} day=${day} today=${today} />`}
        <${OnPaper}>${[room.name, room.building, label].filter(Boolean).join(' · ')}<//>
        ${error && !bookings && html`<${Problem} error=${error} title=${t('week.unread')} retry=${reload} />`}
        ${!bookings && !error && html`<${Skeleton} shape="screen" label=${t('week.loading')} />`}
        ${bookings && html`
            <${WeekGrid} key=${days.join()} room=${room} days=${days} bookings=${bookings} booked=${booked}
                mayBook=${mayBook} mayManage=${session.may('classrooms.bookings', room.site)} open=${open}
                book=${(date, from, to) => want({ start: at(date, from, room.zone), end: at(date, to, room.zone) })}
                move=${async (entry, date, from) => {
                    const start = at(date, from, room.zone);
                    const booking = await api.booking(entry.booking_id);
                    want({ start, end: start + instant(entry.end) - instant(entry.start), booking,
                        from: instant(entry.start), own: entry.own });
                }}
                turn=${({ weeks, days: by }) => go(weeks === null ? turned(days, by) : addDays(day, weeks * 7))} />
            ${days.every((each) => entriesOf(bookings, each, room.zone).length === 0)
                && html`<p class="hint">${t(isWeek ? 'week.empty' : 'week.empty.day')}</p>`}`}
        ${wish && html`
            <${BookDialog} room=${room} ...${wish} close=${() => want(null)}
                done=${() => { want(null); count(booked + 1); reload(); }} />`}
        ${opened && html`<${EntryDialog} room=${room} entry=${opened} close=${() => open(null)} done=${reload} />`}`;
}

export function Page({ params, query }) {
    const { room, loaded, error, retry } = useRoom(params.id);
    if ((!loaded && error?.status === 404) || (loaded && !room)) return html`
        <${Head} title=${say('room.missing')} above=${html`<${Crumb} path="/classrooms" word=${say('room.all')} />`} />
        <${Empty} icon="classrooms" title=${say('room.missing.says')} small>
            <p class="actions"><a class="button" href="/classrooms">${say('room.all')}</a></p>
        <//>`;
    if (!loaded && error) return html`
        <${Head} title=${say('room')} /><${Problem} error=${error} title=${t('week.unread')} retry=${retry} />`;
    if (!loaded) return html`
        <${Head} title=${say('room')}><${LeadSkeleton} /><//>
        <${Skeleton} shape="screen" label=${t('week.loading')} />`;
    return html`<${Body} room=${room} query=${query} />`;
}

// Bookings of everybody: those that wait to be approved, and what is booked on a day.

import { html, useState } from '/lib/html.js';
import { byText, dayAndMinuteIn, dayWords, minuteIn } from '/lib/format.js';
import { useAction, useSession } from '/lib/hooks.js';
import { usePages } from '/lib/pages.js';
import { instant, now } from '/lib/time.js';
import { dayOf, fromInput } from '/lib/zone.js';
import { navigate, withQuery } from '/app/router.js';
import { admin } from '/classrooms/admin-api.js';
import { BookedTimes } from '/classrooms/admin-times.js';
import { Top, useAdminRooms } from '/classrooms/admin-nav.js';
import { t } from '/classrooms/admin-words.js';
import { useReload } from '/classrooms/store.js';
import { Confirm } from '/parts/confirm.js';
import { Empty } from '/parts/empty.js';
import { Icon } from '/parts/icons.js';
import { Text } from '/parts/input.js';
import { More } from '/parts/more.js';
import { Problem } from '/parts/problem.js';
import { Pick } from '/parts/search.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { toast } from '/parts/toast.js';

/** When a booking is, and how often. */
function when(booking) {
    const coming = booking.occurrences.filter((time) => !time.cancelled && instant(time.end) > now());
    const first = coming[0] ?? booking.occurrences.at(-1);
    if (!first) return '';
    const time = `${dayAndMinuteIn(instant(first.start), booking.zone)}–${minuteIn(instant(first.end), booking.zone)}`;
    return coming.length > 1 ? t('request.times', { time, count: coming.length - 1 }) : time;
}

function Decline({ booking, close, decide }) {
    const [remark, setRemark] = useState('');
    return html`
        <${Confirm} title=${t('decline.title', { room: booking.classroom })} action=${t('decline')} close=${close}
            act=${() => decide(false, remark.trim())}>
            <p>${t('decline.says')}</p>
            <${Text} label=${t('decline.remark')} hint=${t('decline.remark.hint')} value=${remark} set=${setRemark}
                maxlength="200" autocomplete="off" />
        <//>`;
}

function Request({ booking, reload }) {
    const [declines, decline] = useState(false);
    const { busy, error, run } = useAction();
    const decide = async (approve, remark = '') => {
        await admin.decide(booking.booking_id, { approve, ...(remark ? { remark } : {}) });
        toast({ text: t(approve ? 'request.approved' : 'request.declined', { room: booking.classroom }) });
        reload();
    };
    return html`
        <li class="card admin-request">
            <div>
                <h3>${booking.classroom} <span class="admin-quiet">${booking.purpose}</span></h3>
                <p>${when(booking)}</p>
                <p class="hint">${t('request.by', { holder: booking.holder ?? t('somebody') })}</p>
                ${error && html`<${Problem} error=${error} small level="h4" />`}
            </div>
            <p class="actions">
                <button type="button" class="button primary" aria-busy=${busy}
                    onClick=${() => run(() => decide(true))}>${t('approve')}<span
                    class="unseen"> ${booking.purpose}</span></button>
                <button type="button" class="button" onClick=${() => decline(true)}>${t('decline')}<span
                    class="unseen"> ${booking.purpose}</span></button>
            </p>
            ${declines && html`<${Decline} booking=${booking} close=${() => decline(false)} decide=${decide} />`}
        </li>`;
}

function Requests() {
    const { data, error, more, loading, reload } = usePages('requests', 'bookings', (query, options) =>
        admin.requests(query, options));
    useReload(['classrooms/+/bookings'], reload);
    return html`
        <section aria-labelledby="requests">
            <h2 id="requests">${t('requests.title')}</h2>
            ${!data && error && html`<${Problem} error=${error} title=${t('requests.unread')} retry=${reload} small />`}
            ${!data && !error && html`<${Skeleton} shape="row" label=${t('requests.loading')} />`}
            ${data && data.rows.length === 0 && html`<p>${t('requests.none')}</p>`}
            ${data && data.rows.length > 0 && html`
                <ul class="admin-requests" role="list">${data.rows.map((booking) => html`
                    <${Request} key=${booking.booking_id} booking=${booking} reload=${reload} />`)}</ul>
                <${More} more=${more} loading=${loading} word=${t('requests.more')} />`}
        </section>`;
}

/** A day of the calendar behind or before another. */
const dayBeside = (day, days) => new Date(Date.parse(`${day}T12:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** Which day is shown, with the way to the next and the one before, by the clock of the rooms. */
function DayPicker({ day, today }) {
    const to = (other) => withQuery({ day: other === today ? null : other });
    return html`
        <nav class="admin-day" aria-label=${t('day')}>
            <a class="icon-button" data-replace href=${to(dayBeside(day, -1))}
                aria-label=${t('day.before')}><${Icon} name="chevron" /></a>
            <input type="date" aria-label=${t('day')} value=${day} onChange=${(event) => event.target.value
                && navigate(to(event.target.value), { replace: true })} />
            <a class="icon-button" data-replace href=${to(dayBeside(day, 1))}
                aria-label=${t('day.after')}><${Icon} name="chevron" /></a>
            ${day !== today && html`<a class="button small" data-replace href=${to(today)}>${t('day.today')}</a>`}
        </nav>`;
}

function Day({ rooms, query }) {
    const room = rooms.find((each) => each.classroom_id === query.get('room')) ?? null;
    const zone = (room ?? rooms[0]).zone;
    const today = dayOf(now(), zone);
    const day = /^\d{4}-\d\d-\d\d$/.test(query.get('day') ?? '') ? query.get('day') : today;
    const [from, to] = [fromInput(`${day}T00:00`, zone), fromInput(`${dayBeside(day, 1)}T00:00`, zone)];
    const names = rooms.map((each) => [each.classroom_id, each.name]).sort((a, b) => byText(a[1], b[1]));
    return html`
        <section aria-labelledby="day">
            <h2 id="day">${t('times.title', { day: dayWords(day) })}</h2>
            <search class="toolbar">
                <${DayPicker} day=${day} today=${today} />
                <${Pick} label=${t('room')} name="room" value=${room?.classroom_id ?? ''}
                    options=${[['', t('rooms.every')], ...names]} />
            </search>
            <${BookedTimes} key=${`${day} ${room?.classroom_id}`} rooms=${rooms} room=${room} from=${from} to=${to} />
        </section>`;
}

export function Page({ query }) {
    const session = useSession();
    const { rooms, loaded, error, retry } = useAdminRooms('classrooms.bookings');
    const seesBookers = session.may('classrooms.bookers');
    const title = t('bookings.title');
    if (!loaded && error) return html`
        <${Top} title=${title} /><${Problem} error=${error} title=${t('rooms.unread')} retry=${retry} />`;
    if (!loaded) return html`
        <${Top} title=${title}><${LeadSkeleton} /><//><${Skeleton} shape="block" label=${t('rooms.loading')} />`;
    if (rooms.length === 0) return html`
        <${Top} title=${title} />
        <${Empty} icon="classrooms" title=${t('rooms.none')}><p>${t('admin.none.says')}</p><//>`;
    return html`
        <${Top} title=${title}><p class="lead">${seesBookers ? t('bookings.lead')
            : t('bookings.lead.nameless')}</p><//>
        <div class="admin-stack"><${Requests} /><${Day} rooms=${rooms} query=${query} /></div>`;
}

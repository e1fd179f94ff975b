// One's own bookings: those to come, those that wait for approval, and what is past.

import { html, useState } from '/lib/html.js';
import { number } from '/lib/format.js';
import { useTick } from '/lib/hooks.js';
import { usePages } from '/lib/pages.js';
import { instant, now } from '/lib/time.js';
import { api } from '/classrooms/api.js';
import { CancelDialog } from '/classrooms/entry.js';
import { BookingRow, comingOf } from '/classrooms/booking-row.js';
import { ChangeDialog } from '/classrooms/change.js';
import { useReload } from '/classrooms/store.js';
import { t } from '/classrooms/words.js';
import { Empty } from '/parts/empty.js';
import { Crumb, Head } from '/parts/head.js';
import { More } from '/parts/more.js';
import { Problem } from '/parts/problem.js';
import { Share } from '/parts/share.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { LinkChoice } from '/parts/tabs.js';

const tabs = ['coming', 'asked', 'past'];

/** Where a booking belongs: to come, waiting, or over. */
function tabOf(booking) {
    if (comingOf(booking).length === 0) return 'past';
    return booking.status === 'requested' ? 'asked' : 'coming';
}

const firstOf = (booking) => instant(comingOf(booking)[0]?.start ?? booking.occurrences.at(-1)?.start);

function Nothing({ tab }) {
    return html`
        <${Empty} icon="calendar" title=${t(`mine.none.${tab}`)} small>
            ${tab === 'coming' && html`
                <p>${t('mine.none.says')}</p>
                <p class="actions"><a class="button primary" href="/classrooms">${t('mine.find')}</a></p>`}
        <//>`;
}

/** What a row asked for: cancelling or changing a booking. */
function Asked({ asked, close, reload }) {
    if (!asked) return null;
    const { booking, time, kind } = asked;
    if (kind === 'change') return html`
        <${ChangeDialog} booking=${booking} close=${close} done=${() => { close(); reload(); }} />`;
    return html`
        <${CancelDialog} booking=${booking} time=${time} room=${booking.classroom} close=${close} done=${reload} />`;
}

export function Page({ query }) {
    useTick();
    const [asked, ask] = useState(null);
    const [account, know] = useState(null);
    const { data, error, more, loading, reload } = usePages('mine', 'bookings', async (page, options) => {
        const answer = await api.mine(page, options);
        know(answer.account ?? null);
        return answer;
    });
    const rows = data?.rows;
    // Which are mine an event does not say; those of a room that I have booked are likely.
    useReload(['classrooms/+/bookings', 'classrooms/+/state'], reload, ({ topic, data: said }) =>
        topic.endsWith('/bookings') || (rows ?? []).some((booking) => booking.classroom_id === said.classroom_id
            && tabOf(booking) !== 'past'));
    const head = (words) => html`
        <${Head} title=${t('mine.title')} above=${html`<${Crumb} path="/classrooms" word=${t('room.all')} />`}
            aside=${html`<a class="button primary" href="/classrooms">${t('mine.find')}</a>`}>
            ${words && html`<p class="lead">${words}</p>`}
        <//>`;
    if (!rows && error) return html`
        ${head()}<${Problem} error=${error} title=${t('mine.unread')} retry=${reload} />`;
    if (!rows) return html`
        <${Head} title=${t('mine.title')}><${LeadSkeleton} /><//>
        <${Skeleton} shape="screen" label=${t('mine.loading')} />`;
    const by = Object.fromEntries(tabs.map((tab) => [tab, rows.filter((booking) => tabOf(booking) === tab)]));
    const tab = tabs.includes(query.get('tab')) ? query.get('tab') : 'coming';
    const shown = [...by[tab]].sort((a, b) => (tab === 'past' ? firstOf(b) - firstOf(a) : firstOf(a) - firstOf(b)));
    return html`
        ${head(t('mine.lead', { count: by.coming.length }))}
        <div class="toolbar">
            <${LinkChoice} label=${t('mine.show')} name="tab" value=${tab === 'coming' ? null : tab}
                options=${tabs.map((key) => [key === 'coming' ? null : key, t(`mine.tab.${key}`),
                    html`<span class="state-count">${number(by[key].length, 0)}</span>`])} />
        </div>
        ${shown.length === 0 && html`<${Nothing} tab=${tab} />`}
        <ul class="bookings" role="list">${shown.map((booking) => html`
            <${BookingRow} key=${booking.booking_id} booking=${booking} present=${now()} ask=${ask}
                reload=${reload} />`)}</ul>
        <${More} more=${more} loading=${loading} word=${t('mine.more')} />
        ${account && html`
            <div class="mine-share"><${Share} solution="classrooms" thing=${account} noun="bookings" site="main"
                says=${t('mine.share.says')} label=${t('share.label')} once=${t('share.once')} /></div>`}
        <${Asked} asked=${asked} close=${() => ask(null)} reload=${reload} />`;
}

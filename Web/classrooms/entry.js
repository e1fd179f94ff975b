// A booking that was opened: what it is, and changing or cancelling it.

import { html, useState } from '/lib/html.js';
import { minuteIn, weekdayAndDayIn } from '/lib/format.js';
import { useLoad, useSession } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { api } from '/classrooms/api.js';
import { BookDialog } from '/classrooms/book.js';
import { t } from '/classrooms/book-words.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Dialog } from '/parts/dialog.js';
import { Choice } from '/parts/form.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { toast } from '/parts/toast.js';

/**
 * Asks how much of a booking is given up, and gives it up.
 * @param time the occurrence that was looked at; null: all of it
 */
export function CancelDialog({ booking, time, room, close, done }) {
    const coming = booking.occurrences.filter(({ cancelled, end }) => !cancelled && instant(end) > now());
    const [which, choose] = useState(time && coming.length > 1 ? 'one' : 'all');
    const day = time ? weekdayAndDayIn(instant(time.start), booking.zone) : '';
    const isLast = time && coming.at(-1)?.occurrence === time.occurrence;
    const last = coming.length > 1 ? 'cancel.whole' : 'cancel.all';
    const action = { one: 'cancel.one', following: 'cancel.following', all: last }[which];
    const act = async () => {
        if (which === 'all') await api.cancel(booking.booking_id);
        else await api.cancelTime(booking.booking_id, time.occurrence, which === 'following');
        toast({ text: t('cancel.done') });
        done();
    };
    return html`
        <${Confirm} title=${t('cancel.title', { room })} close=${close} act=${act}
            action=${t(action)}>
            ${time && coming.length > 1 && html`
                <${Choice} legend=${t('cancel.which')} name="which" value=${which} change=${choose} options=${[
                    ['one', t('cancel.which.one', { day })],
                    ...(isLast ? [] : [['following', t('cancel.which.following', { day })]]),
                    ['all', t('cancel.which.all')]]} />`}
            <p>${t('cancel.says')}</p>
        <//>`;
}

function Facts({ room, entry, own }) {
    const zone = room.zone;
    const when = `${weekdayAndDayIn(instant(entry.start), zone)}, ${minuteIn(instant(entry.start), zone)}–${
        minuteIn(instant(entry.end), zone)}`;
    return html`
        <dl class="facts">
            <div><dt>${t('entry.when')}</dt><dd>${when}</dd></div>
            ${(own || entry.purpose !== null) && html`
                <div>
                    <dt>${t('entry.who')}</dt>
                    <dd>${own ? t('entry.you') : entry.holder ?? t('entry.nobody')}</dd>
                </div>
                <div><dt>${t('entry.what')}</dt><dd>${entry.purpose}</dd></div>`}
            <div><dt>${t('entry.how')}</dt><dd>
                <${Badge} tone=${entry.requested ? 'warn' : 'good'} quiet
                    word=${t(`entry.state.${entry.requested ? 'requested' : 'confirmed'}`)} />
                ${!entry.requested && html`<br /><span class="hint">${t(`entry.presence.${entry.presence}`)}</span>`}
            </dd></div>
        </dl>`;
}

/** @param entry a time of a room's list of bookings; @param done is called when something of it was changed */
export function EntryDialog({ room, entry, close, done }) {
    const session = useSession();
    const [step, go] = useState(null);
    const mayChange = entry.own || session.may('classrooms.bookings', room.site);
    const { data: booking, error } = useLoad(entry.booking_id, (options) => mayChange
        ? api.booking(entry.booking_id, options) : Promise.resolve(null));
    const finish = () => { close(); done(); };
    const isOver = instant(entry.end) <= now();
    if (step === 'cancel') return html`
        <${CancelDialog} booking=${booking} time=${entry} room=${room.name} close=${close} done=${done} />`;
    if (step === 'change') return html`
        <${BookDialog} room=${room} booking=${booking} start=${instant(entry.start)} end=${instant(entry.end)}
            own=${entry.own} close=${close} done=${finish} />`;
    return html`
        <${Dialog} title=${t('entry.title', { room: room.name })} open=${true} close=${close}>
            <div class="stack">
                <${Facts} room=${room} entry=${entry} own=${entry.own} />
                ${booking?.rrule && html`<p class="hint">${t('entry.series')}</p>`}
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                ${mayChange && !booking && !error && html`<${Skeleton} shape="line" />`}
                ${booking && !isOver && html`
                    <p class="actions end">
                        <button type="button" class="button danger"
                            onClick=${() => go('cancel')}>${t('cancel.all')}</button>
                        <button type="button" class="button primary"
                            onClick=${() => go('change')}>${t('entry.change')}</button>
                    </p>`}
            </div>
        <//>`;
}

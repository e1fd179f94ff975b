// Changing a booking from the list of one's own: its room is read first.

import { html } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { api } from '/classrooms/api.js';
import { BookDialog } from '/classrooms/book.js';
import { comingOf } from '/classrooms/booking-row.js';
import { t } from '/classrooms/words.js';
import { Dialog } from '/parts/dialog.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';

export function ChangeDialog({ booking, close, done }) {
    const { data: room, error, reload } = useLoad(booking.classroom_id, (options) =>
        api.room(booking.classroom_id, options));
    const [time] = comingOf(booking);
    if (room) return html`
        <${BookDialog} room=${room} booking=${booking} start=${instant(time.start)} end=${instant(time.end)}
            close=${close} done=${done} />`;
    return html`
        <${Dialog} title=${booking.classroom} open=${true} close=${close}>
            ${error ? html`<${Problem} error=${error} small level="h3" retry=${reload} />`
                : html`<${Skeleton} shape="block" label=${t('room.loading')} />`}
        <//>`;
}

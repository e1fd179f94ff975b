// What the pages for those who run classrooms have above: the heading, and the way from one to the other.

import { html, useLayoutEffect, useRef } from '/lib/html.js';
import { useSession } from '/lib/hooks.js';
import { mayOpen } from '/app/routes.js';
import { useRooms } from '/classrooms/store.js';
import { t } from '/classrooms/admin-words.js';
import { Crumb, Head } from '/parts/head.js';

const base = '/classrooms/admin';
const pages = [
    [base, t('nav.now')],
    [`${base}/rooms`, t('nav.rooms')],
    [`${base}/power`, t('nav.power')],
    [`${base}/bookings`, t('nav.bookings')],
    [`${base}/devices`, t('nav.devices')],
    [`${base}/messages`, t('nav.messages')],
    [`${base}/logs`, t('nav.logs')],
    ['/admin/users', t('nav.people')],
];

function Pages() {
    const session = useSession();
    const bar = useRef(null);
    const here = location.pathname;
    // Where there is no room for all, the one that is on is in view.
    useLayoutEffect(() => {
        const on = bar.current?.querySelector('[aria-current]');
        if (on) bar.current.scrollLeft = on.offsetLeft + on.offsetWidth / 2 - bar.current.clientWidth / 2;
    }, [here]);
    const isHere = (path) => here === path || (path !== base && here.startsWith(`${path}/`));
    return html`
        <div class="admin-pages">
            <nav class="link-choice" ref=${bar} aria-label=${t('nav')}>${pages.filter(([path]) =>
                mayOpen(session, path)).map(([path, word]) => html`
                <a key=${path} href=${path} aria-current=${isHere(path) ? 'page' : null}>${word}</a>`)}</nav>
        </div>`;
}

/** The heading of a page, with a line of what is to be known first. */
export function Top({ title, above = null, aside = null, children }) {
    return html`
        <${Head} title=${title} aside=${aside}
            above=${above ?? html`<${Crumb} path="/classrooms" word=${t('room.all')} />`}>${children}<//>
        <${Pages} />`;
}

/** The rooms that one may manage at present, by `right`: as `useRooms`. */
export function useAdminRooms(right = 'classrooms.manage') {
    const session = useSession();
    const { rooms, ...rest } = useRooms();
    return { rooms: rooms.filter((room) => session.may(right, room.site)), ...rest };
}

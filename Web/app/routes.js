// The pages: the hub's own are here, a solution declares its own in its `solution.js`. Each is loaded when it is
// first opened. `needs` is the right without which it is not shown (`hub`: for the whole hub); a `bare` page stands
// alone, for somebody who has not signed in; a `public` one is for everybody, signed in or not; a `whole` one has the
// screen to itself.

import { t } from '/lib/i18n.js';
import { match } from '/app/router.js';
import { loadStyled } from '/app/sheets.js';
import { solutions } from '/app/solutions.js';

/** Each with its sheet, if it has one of its own. */
const ownPages = (list) => list.map(({ stylesheet, load, ...route }) => ({
    ...route, load: stylesheet ? () => loadStyled(load, [stylesheet]) : load,
}));

const own = ownPages([
    { path: '/', title: t('page.overview'), stylesheet: '/styles/home.css', load: () => import('/home/home.js') },
    { path: '/broker', title: t('page.broker'), needs: 'broker.view', hub: true,
        load: () => import('/broker/broker.js') },
    { path: '/account', title: t('page.account'), stylesheet: '/styles/people.css',
        load: () => import('/account/account.js') },
    { path: '/admin', title: t('page.admin'), stylesheet: '/styles/people.css', load: () => import('/admin/admin.js') },
    { path: '/admin/users', title: t('page.people'), needs: 'users.manage', hub: true, stylesheet: '/styles/people.css',
        load: () => import('/admin/users.js') },
    { path: '/admin/devices', title: t('page.devices'), needs: 'devices.view', stylesheet: '/styles/people.css',
        load: () => import('/admin/devices.js') },
    { path: '/admin/audit', title: t('page.audit'), needs: 'audit.view', hub: true, stylesheet: '/styles/people.css',
        load: () => import('/admin/audit.js') },
    { path: '/docs', title: t('page.api'), stylesheet: '/styles/people.css', load: () => import('/docs/docs.js') },
    { path: '/sign-in', title: t('page.signIn'), bare: true, stylesheet: '/styles/people.css',
        load: () => import('/account/sign-in.js') },
    { path: '/setup', title: t('page.setUp'), bare: true, stylesheet: '/styles/people.css',
        load: () => import('/account/setup.js') },
]);

/** Entries of the navigation: path, word, icon, and what lies `under` it if that is not the path. */
export const navigation = () => [
    { path: '/', word: t('page.overview'), icon: 'overview' },
    ...solutions.navigation,
    { path: '/broker', word: t('page.broker'), icon: 'broker' },
];

/** What looks after the hub itself: a group of its own at the side, and the page /admin on a phone. */
export const administration = [
    { path: '/admin/users', word: t('page.people'), icon: 'people', says: t('page.people.says') },
    { path: '/admin/devices', word: t('page.devices'), icon: 'devices', says: t('page.devices.says') },
    { path: '/admin/audit', word: t('page.audit'), icon: 'audit', says: t('page.audit.says') },
    { path: '/docs', word: t('page.api'), icon: 'book', says: t('page.api.says') },
];

/** The route of an address, with its parameters. The hub's own pages come first: no solution can take their place. */
export function find(path) {
    for (const route of [...own, ...solutions.routes]) {
        const params = match(route.path, path);
        if (params) return { route, params };
    }
    return { route: null, params: {} };
}

/** Whether the session may open a page of this path. */
export function mayOpen(session, path) {
    const { route } = find(path);
    return session.may(route?.needs, route?.hub ? '*' : null);
}

/** Whether `path` lies under a navigation entry. */
export function isUnder({ path: entry, under = entry }, path) {
    return under === '/' ? path === '/' : path === under || path.startsWith(`${under}/`);
}

/**
 * Where a solution is looked after: its first page in the navigation, if one may open that, else where it says that
 * it is.
 */
export function addressOf({ id, path }, session) {
    const entry = solutions.list?.find((solution) => solution.id === id)?.navigation[0];
    return entry && mayOpen(session, entry.path) ? entry.path : path;
}

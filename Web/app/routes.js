// The pages. Each is loaded when it is first opened. `needs` is the right without which it is not shown (`hub`: for the
// whole hub); a `bare` page stands alone, for somebody who has not signed
// in; a `public` one is for everybody, signed in or not; a `whole` one has the screen to itself.

export const routes = [
    { path: '/', title: 'Overview', load: () => import('/home/home.js') },
    { path: '/nodes', title: 'Nodes', needs: 'nodes.view', load: () => import('/nodes/overview.js') },
    { path: '/nodes/{id}', title: 'Node', needs: 'nodes.view', load: () => import('/nodes/node.js') },
    { path: '/broker', title: 'Broker', needs: 'broker.view', hub: true, load: () => import('/broker/broker.js') },
    { path: '/parking', title: 'Parking', public: true, load: () => import('/parking/driver.js') },
    { path: '/parking/owner', title: 'Car parks', needs: 'parking.view', load: () => import('/parking/owner.js') },
    { path: '/parking/owner/{lot}', title: 'Car park', needs: 'parking.view', load: () => import('/parking/owner-lot.js') },
    { path: '/parking/board/{lot}', title: 'Board', public: true, whole: true, load: () => import('/parking/board.js') },
    { path: '/parking/{lot}', title: 'Parking', public: true, load: () => import('/parking/driver.js') },
    { path: '/account', title: 'Account', load: () => import('/account/account.js') },
    { path: '/admin', title: 'Admin', load: () => import('/admin/admin.js') },
    { path: '/admin/users', title: 'People', needs: 'users.manage', hub: true, load: () => import('/admin/users.js') },
    { path: '/admin/devices', title: 'Devices', needs: 'devices.view', load: () => import('/admin/devices.js') },
    { path: '/admin/audit', title: 'Audit', needs: 'audit.view', hub: true, load: () => import('/admin/audit.js') },
    { path: '/docs', title: 'API', load: () => import('/docs/docs.js') },
    { path: '/sign-in', title: 'Sign in', bare: true, load: () => import('/account/sign-in.js') },
    { path: '/setup', title: 'Set up', bare: true, load: () => import('/account/setup.js') },
];

/** Entries of the navigation: path, word, icon. A solution's pages join here. */
export const navigation = [
    { path: '/', word: 'Overview', icon: 'overview' },
    { path: '/nodes', word: 'Nodes', icon: 'nodes' },
    { path: '/parking/owner', word: 'Parking', icon: 'parking' },
    { path: '/broker', word: 'Broker', icon: 'broker' },
];

/** What looks after the hub itself: a group of its own at the side, and the page /admin on a phone. */
export const administration = [
    { path: '/admin/users', word: 'People', icon: 'people', says: 'Who may come in, and what each may do.' },
    { path: '/admin/devices', word: 'Devices', icon: 'devices', says: 'What may report here, its keys, and what waits to be let in.' },
    { path: '/admin/audit', word: 'Audit', icon: 'audit', says: 'Who did what, when and from where.' },
    { path: '/docs', word: 'API', icon: 'book', says: 'Every address that programs can ask, with its right.' },
];

/** Whether the session may open a page of this path. */
export function mayOpen(session, path) {
    const route = routes.find((each) => each.path === path);
    return session.may(route?.needs, route?.hub ? '*' : null);
}

/** Whether `path` lies under a navigation entry. */
export const isUnder = (entry, path) => (entry === '/parking/owner' ? isUnder('/parking', path) : entry === '/' ? path === '/' : path === entry || path.startsWith(`${entry}/`));

// The pages. Each is loaded when it is first opened.

export const routes = [
    { path: '/', title: 'Overview', load: () => import('/home/home.js') },
    { path: '/nodes', title: 'Nodes', load: () => import('/nodes/overview.js') },
    { path: '/nodes/{id}', title: 'Node', load: () => import('/nodes/node.js') },
    { path: '/broker', title: 'Broker', load: () => import('/broker/broker.js') },
];

/** Entries of the navigation: path, word, icon. A solution's pages join here. */
export const navigation = [
    { path: '/', word: 'Overview', icon: 'overview' },
    { path: '/nodes', word: 'Nodes', icon: 'nodes' },
    { path: '/broker', word: 'Broker', icon: 'broker' },
];

/** Whether `path` lies under a navigation entry. */
export const isUnder = (entry, path) => (entry === '/' ? path === '/' : path === entry || path.startsWith(`${entry}/`));

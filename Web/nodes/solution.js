// What the rest of the pages know of the sensor nodes (README.md, "A solution's pages").

import { messages } from '/lib/i18n.js';
import strings from '/nodes/solution.en.js';

const t = messages(strings);
const node = 'M10 11.5v5M7 16.5h6M10 8.25a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3M6.3 13.5a5.3 5.3 0 0 1 0-7.5M13.7 13.5a5.3 5.3 0 0 0 0-7.5'
    + 'M3.8 16a8.8 8.8 0 0 1 0-12.5M16.2 16a8.8 8.8 0 0 0 0-12.5';

export default {
    id: 'nodes',
    stylesheet: '/nodes/nodes.css',
    icons: { nodes: node },
    routes: [
        { path: '/nodes', title: t('nodes'), load: () => import('/nodes/overview.js') },
        { path: '/nodes/{id}', title: t('node'), load: () => import('/nodes/node.js') },
    ],
    navigation: [{ path: '/nodes', word: t('nodes'), icon: 'nodes' }],
    front: { stylesheet: '/nodes/nodes.css', load: () => import('/nodes/front.js') },
    first: { title: t('ready'), load: () => import('/nodes/first.js') },
    kinds: {
        node: {
            page: (id) => `/nodes/${encodeURIComponent(id)}`,
            topic: (id) => `iot/node/${id.replace(/^node_/, '')}/telemetry`,
            states: { online: t('online'), asleep: t('asleep'), offline: t('offline'), unknown: t('unknown') },
            sample: '{"sensors":{"temperature":22.5,"humidity":45.2}}',
        },
    },
};

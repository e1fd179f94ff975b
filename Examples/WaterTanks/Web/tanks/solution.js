// What the rest of the pages know of the water tanks (Web/README.md, "A solution's pages").

import { messages } from '/lib/i18n.js';
import strings from '/tanks/solution.en.js';

const t = messages(strings);

export default {
    id: 'tanks',
    stylesheet: '/tanks/tanks.css',
    icons: { tanks: 'M5 4.5c0 1 2.2 1.8 5 1.8s5-.8 5-1.8-2.2-1.8-5-1.8-5 .8-5 1.8v11c0 1 2.2 1.8 5 1.8s5-.8 5-1.8v-11M5 10.5c0 1 2.2 1.8 5 1.8s5-.8 5-1.8' },
    routes: [{ path: '/tanks', title: t('tanks'), needs: 'tanks.view', load: () => import('/tanks/tanks.js') }],
    navigation: [{ path: '/tanks', word: t('tanks'), icon: 'tanks' }],
    front: { needs: 'tanks.view', load: () => import('/tanks/front.js') },
    kinds: {
        tank: {
            page: () => '/tanks',
            topic: (id) => `tanks/${id}/level`,
            states: {
                filled: t('filled'), low: t('low'), overflowing: t('overflowing'), unknown: t('unknown'),
            },
            sample: '{"level":62.5}',
        },
    },
};

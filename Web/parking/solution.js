// What the rest of the pages know of the car parks (README.md, "A solution's pages").

import { messages } from '/lib/i18n.js';
import strings from '/parking/solution.en.js';

const t = messages(strings);

export default {
    id: 'parking',
    stylesheet: '/parking/parking.css',
    icons: { parking: 'M4 3h12v14H4zM8 14V6h2.6a2.4 2.4 0 0 1 0 4.8H8' },
    routes: [
        { path: '/parking', title: t('parking'), public: true, load: () => import('/parking/lots.js') },
        { path: '/parking/owner', title: t('carParks'), load: () => import('/parking/owner.js') },
        { path: '/parking/owner/{lot}', title: t('carPark'), load: () => import('/parking/owner-lot.js') },
        { path: '/parking/board/{lot}', title: t('board'), public: true, whole: true, stylesheet: '/parking/board.css',
            load: () => import('/parking/board.js') },
        { path: '/parking/shared/board', title: t('board'), public: true, whole: true,
            stylesheet: '/parking/board.css', load: () => import('/parking/board-shared.js') },
        { path: '/parking/{lot}', title: t('parking'), public: true, load: () => import('/parking/driver.js') },
    ],
    // What drivers see is under the same entry as what they see who run it.
    navigation: [{ path: '/parking/owner', word: t('parking'), icon: 'parking', under: '/parking' }],
    // Everybody who has signed in may see the lots that are open to the public.
    front: { needs: null, load: () => import('/parking/front.js') },
    guest: { path: '/parking', word: t('guest') },
    kinds: {
        parking: {
            states: {
                free: t('free'), occupied: t('occupied'), reserved: t('reserved'), unknown: t('unknown'),
                out_of_service: t('outOfService'), reporting: t('reporting'), silent: t('silent'), unused: t('unused'),
            },
        },
    },
    worker: { script: '/parking/worker.js', scope: '/parking', manifest: '/parking/manifest.webmanifest' },
};

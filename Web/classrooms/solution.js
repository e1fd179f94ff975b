// What the rest of the pages know of the classrooms (README.md, "A solution's pages").

import { messages } from '/lib/i18n.js';
import strings from '/classrooms/solution.en.js';

const t = messages(strings);

export default {
    id: 'classrooms',
    stylesheet: '/classrooms/classrooms.css',
    icons: { classrooms: 'M3 4h14v9H3zM10 13v3.5M6.5 16.5h7M6 7.5h5M6 10h3' },
    routes: [
        { path: '/classrooms', title: t('classrooms'), load: () => import('/classrooms/rooms.js') },
        { path: '/classrooms/bookings', title: t('mine'), needs: 'classrooms.book',
            load: () => import('/classrooms/mine.js') },
        { path: '/classrooms/contact', title: t('contact'), load: () => import('/classrooms/contact.js') },
        { path: '/classrooms/door', title: t('door'), public: true, whole: true, stylesheet: '/classrooms/door.css',
            load: () => import('/classrooms/door.js') },
        { path: '/classrooms/rooms/{id}', title: t('classroom'), load: () => import('/classrooms/room.js') },
        { path: '/classrooms/rooms/{id}/week', title: t('week'), stylesheet: '/classrooms/week.css',
            load: () => import('/classrooms/week.js') },
        { path: '/classrooms/admin', title: t('admin'), needs: 'classrooms.manage',
            stylesheet: '/classrooms/admin.css', load: () => import('/classrooms/admin.js') },
        { path: '/classrooms/admin/rooms', title: t('admin.rooms'), needs: 'classrooms.manage',
            stylesheet: '/classrooms/admin.css', load: () => import('/classrooms/admin-rooms.js') },
        { path: '/classrooms/admin/rooms/{id}', title: t('classroom'), needs: 'classrooms.manage',
            stylesheet: '/classrooms/admin.css', load: () => import('/classrooms/admin-room.js') },
        { path: '/classrooms/admin/power', title: t('admin.power'), needs: 'classrooms.power',
            stylesheet: '/classrooms/admin.css', load: () => import('/classrooms/admin-power.js') },
        { path: '/classrooms/admin/devices', title: t('admin.devices'), needs: 'classrooms.manage',
            stylesheet: '/classrooms/admin.css', load: () => import('/classrooms/admin-devices.js') },
        { path: '/classrooms/admin/bookings', title: t('admin.bookings'), needs: 'classrooms.bookings',
            stylesheet: '/classrooms/admin.css', load: () => import('/classrooms/admin-bookings.js') },
        { path: '/classrooms/admin/messages', title: t('admin.messages'), needs: 'classrooms.messages',
            stylesheet: '/classrooms/admin.css', load: () => import('/classrooms/admin-messages.js') },
        { path: '/classrooms/admin/logs', title: t('admin.logs'), needs: 'classrooms.manage',
            stylesheet: '/classrooms/admin.css', load: () => import('/classrooms/admin-logs.js') },
    ],
    navigation: [{ path: '/classrooms', word: t('classrooms'), icon: 'classrooms' }],
    front: { load: () => import('/classrooms/front.js') },
    kinds: {
        classroom: {
            states: {
                online: t('online'), offline: t('offline'), occupied: t('occupied'), idle: t('idle'),
                unknown: t('unknown'),
            },
            sample: '{"is_occupied":false,"is_power_on":true}',
            topic: (id) => `classrooms/${id}/status`,
        },
    },
};

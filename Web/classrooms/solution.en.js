// The words of the declaration in solution.js; those of the pages are in strings.en.js.

export default {
    classroom: 'Classroom',
    classrooms: 'Classrooms',
    mine: 'My bookings',
    door: 'Door',
    contact: 'Contact',
    week: 'Week of a classroom',
    admin: 'Running the classrooms',
    'admin.rooms': 'Rooms',
    'admin.power': 'Power of all rooms',
    'admin.devices': 'Devices',
    'admin.bookings': 'Bookings of everybody',
    'admin.messages': 'Messages of staff',
    'admin.logs': 'Logs',
    online: 'online',
    offline: 'offline',
    occupied: 'somebody is there',
    idle: 'nobody is there',
    unknown: 'unknown',
};

// The words of the board; what other pages have as well is in strings.en.js.

export default {
    lost: 'No connection',
    lostSince: 'No connection since {time}',
    noNews: 'The hub gives no counts at the moment',
    noNewsSince: 'The hub has given no counts since {time}',
    linkEnded: 'This link no longer works: it was revoked or has expired. Ask the owner for a new one.',
    levelsOf: 'levels {from} to {to} of {all}',
    freeOfAll: '{free} free of {total}',
    ofSpots: { one: 'of {count} spot', other: 'of {count} spots' },
    countNotKnown: '{count} not known',
    'board.good': 'free',
    'board.warn': 'few left',
    'board.bad': 'full',
    'board.unknown': 'not known',
    'board.least': 'at least',
    'board.title': '{name} · Board · Martlet',
};

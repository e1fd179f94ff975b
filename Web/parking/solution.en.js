// The words of the declaration in solution.js and of the card on the front page; those of the pages are in strings.en.js.

export default {
    parking: 'Parking',
    carParks: 'Car parks',
    carPark: 'Car park',
    board: 'Board',
    guest: 'parking',
    unread: 'Its figures could not be read: {reason}.',
    freeOf: { one: 'free of {count} spot', other: 'free of {count} spots' },
    lots: { one: 'car park', other: 'car parks' },
    occupied: 'occupied',
    unknown: 'unknown',
    free: 'free',
    reserved: 'reserved',
    outOfService: 'out of service',
    reporting: 'sensor heard',
    silent: 'sensor silent',
    unused: 'sensor not used',
};

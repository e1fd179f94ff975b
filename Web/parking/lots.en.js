// The words of the list of car parks; what other pages have as well is in strings.en.js.

export default {
    'order.count': { one: '{count} car park', other: '{count} car parks' },
    none: 'No car park is here yet',
    'none.says': 'Whoever runs this hub can add one.',
    run: 'Run car parks',
    'search.hint': 'Search for a part of its name or street.',
    search: 'Name or street',
    nearest: 'Nearest to me',
    'order.name': 'The car parks are in order of their names.',
    'place.insecure': 'A browser tells where it is only to pages that come over HTTPS. {byName}',
    'place.policy': 'This hub, or a proxy before it, does not let its pages ask where you are. {byName}',
    'place.denied': 'Location is switched off for this page. Allow it in your browser\'s settings, then try again. {byName}',
    'place.unknown': 'Your device could not find out where you are. {byName}',
    'place.timeout': 'Your device took too long to find out where you are. Try again. {byName}',
    'order.nearest': { one: '{count} car park, the nearest first', other: '{count} car parks, the nearest first' },
    'line.free': 'free',
    'line.unknown': 'unknown',
};

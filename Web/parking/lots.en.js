// The words of the list of car parks; what other pages have as well is in strings.en.js.

export default {
    carParks: { one: '{count} car park', other: '{count} car parks' },
    noCarParkIsHere: 'No car park is here yet',
    whoeverRunsThisHubCan: 'Whoever runs this hub can add one.',
    runCarParks: 'Run car parks',
    searchForAPartOf: 'Search for a part of its name or street.',
    nameOrStreet: 'Name or street',
    nearestToMe: 'Nearest to me',
    theCarParksAreIn: 'The car parks are in order of their names.',
    aBrowserTellsWhereIt: 'A browser tells where it is only to pages that come over HTTPS. {byName}',
    thisHubOrAProxy: 'This hub, or a proxy before it, does not let its pages ask where you are. {byName}',
    locationIsSwitchedOffFor: 'Location is switched off for this page. Allow it in your browser\'s settings, then try again. {byName}',
    yourDeviceCouldNotFind: 'Your device could not find out where you are. {byName}',
    yourDeviceTookTooLong: 'Your device took too long to find out where you are. Try again. {byName}',
    nearestFirst: { one: '{count} car park, the nearest first', other: '{count} car parks, the nearest first' },
    'line.free': 'free',
    'line.unknown': 'unknown',
};

// What the rights and roles mean, in words. A right without words here is shown by its name.

const words = {
    'system.view': "See the hub's version, doors and solutions",
    'metrics.view': "Read the hub's figures for Prometheus",
    'settings.manage': "Change the hub's settings and sites",
    'users.manage': 'Add people, give and take roles',
    'devices.view': 'See devices and when they were last heard of',
    'devices.manage': 'Add, approve, disable and remove devices',
    'audit.view': 'Read who did what',
    'broker.view': "See the broker's figures",
    'mqtt.subscribe': 'Subscribe over MQTT to what devices say',
    'mqtt.publish': 'Publish over MQTT to devices',
    'mqtt.system': 'Subscribe to $SYS',
    'nodes.view': 'See sensor nodes and their readings',
    'nodes.command': 'Send commands to sensor nodes',
    'parking.view': 'See lots that are not public, history and the health of sensors',
    'parking.override': 'Say against its sensor whether a spot is free',
    'parking.manage': 'Add and change lots, spots and their sensors',
    'parking.money': 'See sessions, payments and revenue of car parks',
    'parking.tariffs': 'Add tariffs, give money back',
    'parking.pay': 'Record payments for parking',
    'parking.reserve': 'Reserve spots, and see who reserved',
};

const roles = {
    admin: 'May do everything',
    operator: 'Runs the site: devices, commands, the broker',
    staff: 'Works at the site',
    viewer: 'Looks',
};

export const rightWords = (right) => words[right] ?? right;
export const roleWords = (role) => roles[role] ?? 'A role of a solution';
export const siteWords = (site) => (site === '*' ? 'all sites' : site);

/** The shortest password that the server takes, in characters. */
const shortest = 10;

/** What is wrong with a new password, before the server is asked; null if nothing. The server knows more of them. */
export function passwordFault(password, name = '') {
    const small = password.toLowerCase();
    if ([...password].length < shortest) return `Use at least ${shortest} characters.`;
    if (new Set(small).size < 4) return 'Use more different characters.';
    const rest = name.length < 3 ? small.length : small.replaceAll(name.toLowerCase(), '').length;
    return rest < 6 ? 'Do not make it of the account name.' : null;
}

export const passwordHint = `At least ${shortest} characters. Four or five random words are strong and easy to remember.`;

/** What is wrong with the name of a new account; null if nothing. */
export function nameFault(name) {
    if (name === '') return 'Give the account a name.';
    return /^[A-Za-z0-9._@-]{1,64}$/.test(name) ? null : 'Use letters without accents, digits and . _ @ - only.';
}

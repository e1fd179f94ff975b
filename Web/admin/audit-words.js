// What the audit writes down, in words; an action without words here is shown by its name.

export const actions = {
    sign_in: 'Sign in', sign_out: 'Sign out', sign_out_everywhere: 'Sign out everywhere', lock_out: 'Lock out',
    session_replayed: 'Use an old sign-in again', set_up: 'Set up the hub', 'password.change': 'Change a password',
    'second_factor.enable': 'Second factor on', 'second_factor.disable': 'Second factor off', 'token.create': 'Make a token',
    'token.revoke': 'Remove a token', 'user.add': 'Add somebody', 'user.disable': 'Disable an account', 'user.enable': 'Enable an account', 'user.remove': 'Remove an account',
    'role.grant': 'Give a role', 'role.take': 'Take a role', 'device.add': 'Add a device', 'device.approve': 'Let a device in',
    'device.reject': 'Turn a device away', 'device.change': 'Change a device', 'device.rotate': 'New key for a device',
    'device.disable': 'Disable a device', 'device.enable': 'Enable a device', 'device.remove': 'Remove a device',
    'join.open': 'Open the join window', 'join.close': 'Close the join window', 'certificate.issue': 'Issue a certificate',
    'certificate.revoke': 'Revoke a certificate', 'command.send': 'Send a command', override: 'Override',
    'tariff.add': 'Add a tariff', 'payment.take': 'Take a payment', 'payment.allocate': 'Say what a payment is for',
    'payment.refund': 'Give money back', 'session.waive': 'Write off what is owed',
    'lot.change': 'Change a car park', 'lot.remove': 'Remove a car park', 'reservation.cancel': 'Cancel a reservation',
    'site.add': 'Add a site', 'site.change': 'Change a site',
    'audit.export': 'Export the audit', request: 'Ask for what is refused', 'hub.start': 'Start the hub',
};

export const actionWords = (action) => actions[action] ?? (action || 'Cannot be read');

export const outcomes = { done: ['good', 'Done'], refused: ['warn', 'Refused'], failed: ['bad', 'Failed'],
    damaged: ['bad', 'Damaged'] };

const hour = 3_600_000;
/** Ranges of time that are often looked for: name in the address, words, milliseconds. */
export const ranges = [['1h', 'Last hour', hour], ['24h', 'Last day', 24 * hour], ['7d', 'Last week', 168 * hour],
    ['30d', 'Last 30 days', 720 * hour]];

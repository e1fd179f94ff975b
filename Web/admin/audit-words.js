// What the audit writes down, in words; an action without words here is shown by its name.

export const actions = {
    sign_in: 'Signed in', sign_out: 'Signed out', sign_out_everywhere: 'Signed out everywhere', lock_out: 'Locked out',
    session_replayed: 'Old sign-in used again', set_up: 'Set up the hub', 'password.change': 'Changed a password',
    'second_factor.enable': 'Second factor on', 'second_factor.disable': 'Second factor off', 'token.create': 'Made a token',
    'token.revoke': 'Removed a token', 'user.add': 'Added somebody', 'user.change': 'Changed an account',
    'user.disable': 'Disabled an account', 'user.enable': 'Enabled an account', 'user.remove': 'Removed an account',
    'role.grant': 'Gave a role', 'role.take': 'Took a role', 'device.add': 'Added a device', 'device.approve': 'Let a device in',
    'device.reject': 'Turned a device away', 'device.change': 'Changed a device', 'device.rotate': 'New key for a device',
    'device.disable': 'Disabled a device', 'device.enable': 'Enabled a device', 'device.remove': 'Removed a device',
    'join.open': 'Opened the join window', 'join.close': 'Closed the join window', 'certificate.issue': 'Issued a certificate',
    'certificate.revoke': 'Revoked a certificate', 'command.send': 'Sent a command', override: 'Overrode',
    'setting.change': 'Changed a setting', 'site.add': 'Added a site', 'site.change': 'Changed a site',
    'audit.export': 'Exported the audit', 'hub.start': 'The hub started',
};

export const actionWords = (action) => actions[action] ?? action;

export const outcomes = { done: ['good', 'Done'], refused: ['warn', 'Refused'], failed: ['bad', 'Failed'] };

const hour = 3_600_000;
/** Ranges of time that are often looked for: name in the address, words, milliseconds. */
export const ranges = [['1h', 'Last hour', hour], ['24h', 'Last day', 24 * hour], ['7d', 'Last week', 168 * hour],
    ['30d', 'Last 30 days', 720 * hour]];

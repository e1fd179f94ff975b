// Words for devices, and the lines that put a new key into one.

import { catalogue } from '/lib/catalogue.js';
import { instant } from '/lib/time.js';
import { shellWord } from '/lib/shell.js';
import { solutions } from '/app/solutions.js';
import { t } from '/admin/words.js';

export const states = {
    pending: ['busy', t('pending')],
    active: ['good', t('active')],
    disabled: ['bad', t('disabled')],
};

export const credentials = { key: t('key'), password: t('proof.password'), certificate: t('certificate'),
    none: t('none') };

/** What a kind of device is called; one that no solution has any more is shown by its name. */
export const kindWords = (kind) => catalogue.kinds.get(kind)?.title ?? kind;

/** The page of a device in its solution, or null. */
export const pageOf = ({ id, kind }) => solutions.kind(kind).page?.(id) ?? null;

const tones = { good: 'good', attention: 'warn', unknown: 'unknown' };

/** What a device's solution says of it, for badges: [{subject, tone, word, since}]. */
export const standings = ({ kind, states: said = [] }) => said.map(({ subject, state, since, severity }) => ({
    subject, since: instant(since), tone: tones[severity] ?? 'unknown',
    word: solutions.kind(kind).states?.[state] ?? state.replaceAll('_', ' '),
}));

/** The topic on which a device of a kind reports; null where no solution says one. */
function topicOf(device) {
    return device.topics?.[0] ?? solutions.kind(device.kind).topic?.(device.id) ?? null;
}

/** Host and port where devices reach the hub, from where it listens and where this page came from. */
export function brokerAddress(listeners) {
    const mqtt = listeners?.mqtt ?? ':1883';
    return [location.hostname.replace(/^\[|\]$/g, ''), mqtt.slice(mqtt.lastIndexOf(':') + 1)];
}

/** What to paste after a key was made: [label, text]. */
export function pasteLines(device, key, listeners) {
    const [host, port] = brokerAddress(listeners);
    const topic = topicOf(device);
    const lines = [[t('firmware'), [`#define MQTT_HOST "${host}"`, `#define MQTT_PORT ${port}`,
        `#define MQTT_USER "${device.id}"`,
        `#define MQTT_PASSWORD "${key}"`].join('\n')]];
    if (topic) {
        lines.unshift([t('key.try'),
            `mosquitto_pub -h ${host} -p ${port} -i ${shellWord(device.id)} -u ${shellWord(device.id)} `
            + `-P ${shellWord(key)} -q 1 -t ${shellWord(topic)} -m '${solutions.kind(device.kind).sample ?? '{}'}'`]);
    } else {
        lines.unshift([t('key.http'), `X-Device-Id: ${device.id}\nX-API-Key: ${key}`]);
    }
    return lines;
}

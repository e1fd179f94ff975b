// Words for devices, and the lines that put a new key into one.

import { shellWord } from '/lib/shell.js';

export const states = {
    pending: ['busy', 'Pending'],
    active: ['good', 'Active'],
    disabled: ['bad', 'Disabled'],
};

export const credentials = { key: 'Key', password: 'Password that it brought', certificate: 'Certificate', none: 'None' };

const sample = { node: '{"sensors":{"temperature":22.5,"humidity":45.2}}' };

/** The topic on which a device of a kind reports; null where the pages do not know it. */
function topicOf(device) {
    if (device.topics?.length > 0) return device.topics[0];
    return device.kind === 'node' ? `iot/node/${device.id.replace(/^node_/, '')}/telemetry` : null;
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
    const lines = [['Firmware', [`#define MQTT_HOST "${host}"`, `#define MQTT_PORT ${port}`, `#define MQTT_USER "${device.id}"`,
        `#define MQTT_PASSWORD "${key}"`].join('\n')]];
    if (topic) {
        lines.unshift(['Try it in a shell', `mosquitto_pub -h ${host} -p ${port} -i ${shellWord(device.id)} -u ${shellWord(device.id)} `
            + `-P ${shellWord(key)} -q 1 -t ${shellWord(topic)} -m '${sample[device.kind] ?? '{}'}'`]);
    } else {
        lines.unshift(['Over HTTP, as headers', `X-Device-Id: ${device.id}\nX-API-Key: ${key}`]);
    }
    return lines;
}

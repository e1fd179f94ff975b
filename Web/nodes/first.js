import { html } from '/lib/html.js';
import { api } from '/lib/api.js';
import { useLoad } from '/lib/hooks.js';
import { Command } from '/parts/copy.js';
import { Empty } from '/parts/empty.js';

/** No node has reported yet: what a node is and how the first one appears. This page changes by itself when it does. */
export function FirstNode() {
    const { data } = useLoad('system', api.system);
    const mqtt = data?.listeners?.mqtt ?? '127.0.0.1:1883';
    const at = mqtt.lastIndexOf(':');
    const [host, port] = [mqtt.slice(0, at).replace(/^\[|\]$/g, ''), mqtt.slice(at + 1)];
    const message = '{"node_id":"node_01","sensors":{"temperature":22.5,"humidity":45.2},"wifi_rssi":-65}';
    return html`
        <${Empty} icon="nodes" title="No node has reported yet">
            <p>
                A node is anything that publishes its readings over MQTT. It appears here by itself with its first
                message.
            </p>
            <p>Try it with simulated nodes:</p>
            <${Command} label="Simulate five nodes" line="martlet simulate nodes --count 5" />
            <p>or say one reading by hand:</p>
            <${Command} label="Publish one reading"
                line=${`mosquitto_pub -h ${host} -p ${port} -q 1 -t iot/node/01/telemetry -m '${message}'`} />
        <//>`;
}

import { html } from '/lib/html.js';
import { api } from '/lib/api.js';
import { useLoad } from '/lib/hooks.js';
import { session } from '/lib/session.js';
import { Command } from '/parts/copy.js';
import { Empty } from '/parts/empty.js';

const usual = '127.0.0.1:1883';

/** How nodes come to a hub that asks who they are: each with its key. */
function Known({ host, port, mqtt, message }) {
    return html`
        <p>
            A node is anything that publishes its readings over MQTT. This hub takes them only from devices that it knows: add
            the node under Devices and give it its key, or open the window there and switch it on.
        </p>
        ${session.may('devices.view') && html`<p class="actions"><a class="button primary" href="/admin/devices">Devices</a></p>`}
        <p>Or try it with simulated nodes, in the folder where Martlet was started:</p>
        <${Command} label="Add five simulated nodes" line="printf 'node_%02d\\n' 1 2 3 4 5 | martlet device add --ids-stdin --kind node > keys.txt" />
        <${Command} label="Simulate five nodes" line=${`martlet simulate nodes --count 5 --keys keys.txt --mqtt ${mqtt}`} />
        <p>or say one reading by hand, with a node's key:</p>
        <${Command} label="Publish one reading"
            line=${`mosquitto_pub -h ${host} -p ${port} -u node_01 -P KEY -q 1 -t iot/node/01/telemetry -m '${message}'`} />`;
}

/** A hub that takes readings from anybody. */
function Anybody({ host, port, mqtt, message }) {
    return html`
        <p>
            A node is anything that publishes its readings over MQTT. It appears here by itself with its first
            message.
        </p>
        <p>Try it with simulated nodes:</p>
        <${Command} label="Simulate five nodes" line=${`martlet simulate nodes --count 5${mqtt === usual ? '' : ` --mqtt ${mqtt}`}`} />
        <p>or say one reading by hand:</p>
        <${Command} label="Publish one reading"
            line=${`mosquitto_pub -h ${host} -p ${port} -q 1 -t iot/node/01/telemetry -m '${message}'`} />`;
}

/** No node has reported yet: what a node is and how the first one appears. This page changes by itself when it does. */
export function FirstNode() {
    const { data } = useLoad('system', api.system);
    const mqtt = data?.listeners?.mqtt ?? usual;
    const at = mqtt.lastIndexOf(':');
    const [host, port] = [mqtt.slice(0, at).replace(/^\[|\]$/g, ''), mqtt.slice(at + 1)];
    const message = '{"node_id":"node_01","sensors":{"temperature":22.5,"humidity":45.2},"wifi_rssi":-65}';
    return html`
        <${Empty} icon="nodes" title="No node has reported yet">
            <${session.state?.open ? Anybody : Known} host=${host} port=${port} mqtt=${mqtt} message=${message} />
        <//>`;
}

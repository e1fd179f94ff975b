import { html } from '/lib/html.js';
import { bytes } from '/lib/format.js';
import { duration, exact, instant } from '/lib/time.js';
import { uptimeNow } from '/nodes/model.js';
import { Age } from '/parts/age.js';
import { Signal } from '/parts/signal.js';

/** What is known about the node itself. What it never said is left out rather than drawn as nought. */
export function Facts({ node, present }) {
    const uptime = uptimeNow(node, present);
    const facts = [
        ['Signal', typeof node.wifi_rssi === 'number' && html`<${Signal} rssi=${node.wifi_rssi} />`],
        ['Up for', uptime !== null && duration(uptime)],
        ['Heard of', html`<${Age} at=${instant(node.last_seen)} open label="Heard of" />`],
        ['Firmware', node.firmware],
        ['Free memory', typeof node.heap_bytes === 'number' && bytes(node.heap_bytes)],
        ['Address', node.address && html`<code>${node.address}</code>`],
        ['Client', node.client_id && html`<code>${node.client_id}</code>`],
        ['Known since', node.first_seen && exact(instant(node.first_seen))],
        ['Called unknown after', `${node.stale_after_seconds} s of silence`],
    ];
    return html`
        <section class="card" aria-labelledby="facts-name">
            <h2 id="facts-name">About this node</h2>
            <dl class="facts">${facts.filter(([, value]) => value).map(([name, value]) => html`
                <div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
        </section>`;
}

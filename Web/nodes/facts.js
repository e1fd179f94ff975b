import { html } from '/lib/html.js';
import { bytes, duration, exact } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { uptimeNow } from '/nodes/model.js';
import { t } from '/nodes/words.js';
import { Age } from '/parts/age.js';
import { Signal } from '/parts/signal.js';

/** What is known about the node itself. What it never said is left out rather than drawn as nought. */
export function Facts({ node, present }) {
    const uptime = uptimeNow(node, present);
    const facts = [
        [t('signal'), typeof node.wifi_rssi === 'number' && html`<${Signal} rssi=${node.wifi_rssi} />`],
        [t('upFor'), uptime !== null && duration(uptime)],
        [t('heardOf'), html`<${Age} at=${instant(node.last_seen)} open label=${t('heardOf')} />`],
        [t('firmware'), node.firmware],
        [t('freeMemory'), typeof node.heap_bytes === 'number' && bytes(node.heap_bytes)],
        [t('address'), node.address && html`<code>${node.address}</code>`],
        [t('client'), node.client_id && html`<code>${node.client_id}</code>`],
        [t('knownSince'), node.first_seen && exact(instant(node.first_seen))],
        [t('facts.patience'), t('facts.silence', { stale_after_seconds: node.stale_after_seconds })],
    ];
    return html`
        <section class="card" aria-labelledby="facts-name">
            <h2 id="facts-name">${t('facts')}</h2>
            <dl class="facts">${facts.filter(([, value]) => value).map(([name, value]) => html`
                <div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
        </section>`;
}

import { html } from '/lib/html.js';
import { api } from '/lib/api.js';
import { useLoad } from '/lib/hooks.js';
import { messages } from '/lib/i18n.js';
import { session } from '/lib/session.js';
import { shellWord } from '/lib/shell.js';
import strings from '/nodes/first.en.js';
import { Command } from '/parts/copy.js';
import { Empty } from '/parts/empty.js';

const t = messages(strings);

const reading = '{"node_id":"node_01","sensors":{"temperature":22.5,"humidity":45.2},"wifi_rssi":-65}';
/** Addresses that stand for all of a machine's own: one listens at them, and goes to another. */
const everywhere = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };

/**
 * Where MQTT is without TLS: `local` for a shell on the hub's machine, `host` and `port` for others; null if it is
 * nowhere.
 */
export function placeOf(listener, pageHost) {
    if (!listener) return null;
    const at = listener.lastIndexOf(':');
    const [host, port] = [listener.slice(0, at), listener.slice(at + 1)];
    const name = everywhere[host] ? pageHost : host;
    return { local: `${everywhere[host] ?? host}:${port}`, host: name.replace(/^\[|\]$/g, ''), port };
}

/**
 * Simulated nodes by the program that runs here, for its own data folder: another program or folder in the reader's
 * shell would be another hub. On a hub that asks who comes, each needs a key.
 */
function Simulated({ program, data, place }) {
    const martlet = shellWord(program);
    const mqtt = shellWord(place.local);
    const add = "(umask 077; printf 'node_%02d\\n' 1 2 3 4 5 | "
        + `${martlet} device add --data ${shellWord(data)} --ids-stdin --kind node > keys.txt)`;
    if (session.state?.open) return html`
        <p>${t('first.simulate.says')}</p>
        <${Command} label=${t('first.simulate')} line=${`${martlet} simulate nodes --count 5 --mqtt ${mqtt}`} />`;
    return html`
        <p>${t('first.simulate.or')}</p>
        <${Command} label=${t('simulate.more')}
            line=${add} />
        <${Command} label=${t('first.simulate')}
            line=${`${martlet} simulate nodes --count 5 --keys keys.txt --mqtt ${mqtt}`} />`;
}

/** The line that publishes one reading. */
const publish = ({ host, port }, isOpen) => `mosquitto_pub -h ${shellWord(host)} -p ${port}`
    + `${isOpen ? '' : ' -u node_01 -P KEY'} -q 1 -t iot/node/01/telemetry -m ${shellWord(reading)}`;

/** No node has reported yet: what a node is and how the first one appears. This page changes by itself when it does. */
export function First() {
    const { data: system } = useLoad('system', api.system);
    // Where the hub lies on its machine is told to those who administer it.
    const { data: installation } = useLoad('installation',
        (options) => (session.may('settings.manage', '*') ? api.installation(options) : Promise.resolve(null)));
    const isOpen = session.state?.open === true;
    const place = placeOf(system?.listeners?.mqtt, location.hostname);
    return html`
        <${Empty} icon="nodes" title=${t('first.none')}>
            <p>${t('first.what')} ${isOpen ? t('first.none.says') : t('first.closed')}</p>
            ${!isOpen && session.may('devices.view') && html`<p class="actions"><a class="button primary"
                href="/admin/devices">${t('devices')}</a></p>`}
            ${place && installation && html`<${Simulated} ...${installation} place=${place} />`}
            ${place && html`
                <p>${isOpen ? t('first.publish.or') : t('first.publish.key')}</p>
                <${Command} label=${t('first.publish')} line=${publish(place, isOpen)} />`}
            ${!place && system?.listeners?.mqtts
                && html`<p>${t('first.tls', { place: html`<code>${system.listeners.mqtts}</code>` })}</p>`}
        <//>`;
}

import { html } from '/lib/html.js';
import { api } from '/lib/api.js';
import { useLoad } from '/lib/hooks.js';
import { pasteLines } from '/admin/device-words.js';
import { t } from '/admin/words.js';
import { Command } from '/parts/copy.js';
import { Dialog } from '/parts/dialog.js';
import { Secret } from '/parts/secret.js';

/** A device's new key, with what to paste into a shell and into its firmware. */
export function DeviceKey({ device, close }) {
    const { data } = useLoad('system', api.system);
    return html`
        <${Dialog} title=${t('key.of', { id: device.id })} open=${true} close=${close}>
            <div class="stack">
                <${Secret} label=${t('key')} value=${device.key} says=${t('key.says')} />
                ${pasteLines(device, device.key, data?.listeners).map(([label, line]) => html`
                    <div key=${label}><p class="secret-label">${label}</p><${Command} line=${line}
                        label=${label} /></div>`)}
                <p class="actions end"><button type="button" class="button primary"
                    onClick=${close}>${t('key.kept')}</button></p>
            </div>
        <//>`;
}

// The links of a tank: addresses that show its levels without an account.

import { html, useState } from '/lib/html.js';
import { session } from '/lib/session.js';
import { Share } from '/parts/share.js';
import { t } from '/tanks/words.js';

/** The section of a tank's card, for those who may handle its links; they are fetched when somebody opens it. */
export function Links({ tank }) {
    const [isOpen, set] = useState(false);
    if (!session.may('tanks.manage', tank.site)) return null;
    return html`
        <details class="tank-links" onToggle=${(event) => set(event.currentTarget.open)}>
            <summary>${t('links')}</summary>
            ${isOpen && html`
                <${Share} solution="tanks" device=${tank.device_id} kind="tank" site=${tank.site}
                    says=${t('linksSay')} label=${t('linkAddress')} once=${t('linkOnce')} />`}
        </details>`;
}

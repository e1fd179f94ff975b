import { html } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { session } from '/lib/session.js';
import { Icon } from '/parts/icons.js';

/** What everybody has to know on every page: that nobody is kept out, or that nothing here is real. */
export function Banner() {
    // Without a network a public page opens all the same, and nobody knows what hub it is of.
    const { open, demo } = session.state ?? {};
    return html`
        ${open && html`
            <p class="banner" data-tone="warn">
                <${Icon} name="unlocked" />
                <span><strong>${t('banner.open')}</strong> ${t('banner.open.says')}</span>
            </p>`}
        ${demo && html`
            <p class="banner" data-tone="busy">
                <${Icon} name="info" />
                <span><strong>${t('banner.demo')}</strong> ${t('banner.demo.says')}</span>
            </p>`}`;
}

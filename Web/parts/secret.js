import { html } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { Command } from '/parts/copy.js';
import { Icon } from '/parts/icons.js';

/** Something that is shown this once and never again. */
export function Secret({ label, value, says, children }) {
    return html`
        <section class="secret" aria-label=${label}>
            <p class="secret-warning">
                <${Icon} name="warning" />
                <span><strong>${t('secret')}</strong> ${says ?? t('secret.keep')}</span>
            </p>
            <p class="secret-label">${label}</p>
            <${Command} line=${value} label=${label} />
            ${children}
        </section>`;
}

/** Gives the browser a file to keep. */
export function download(name, text, type = 'text/plain') {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    // A browser may ask first where to put it.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

import { html } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { Icon } from '/parts/icons.js';

/** Codes of errors for which there is something to do. */
const advised = ['unreachable', 'timeout', 'overloaded'];

function adviceFor({ code, status }) {
    if (advised.includes(code)) return t(`problem.${code}`);
    return status >= 500 ? t('problem.server') : null;
}

/**
 * Something failed: what happened, what to do, and the id under which the server's log has it. `outOfReach` says it to
 * somebody who cannot look after the server.
 */
export function Problem({ error, title = null, retry = null, level = 'h2', small = false, outOfReach = null }) {
    const plain = error.code === 'unreachable' ? outOfReach : null;
    const heading = title ?? error.title ?? t('error');
    const advise = plain ?? adviceFor(error);
    return html`
        <section class="problem" role="alert" data-small=${small}>
            <span class="problem-icon"><${Icon} name="warning" /></span>
            <div>
                <${level}>${heading}<//>
                ${error.detail && !plain && html`<p>${error.detail}</p>`}
                ${advise && html`<p>${advise}</p>`}
                <p class="problem-id">
                    ${error.code && html`<span>${t('problem.code', { code: html`<code>${error.code}</code>` })}</span>`}
                    ${error.id && html`<span>${t('problem.id', { id: html`<code>${error.id}</code>` })}</span>`}
                </p>
                ${retry && html`<p><button type="button" class="button" onClick=${retry}>${t('again')}</button></p>`}
            </div>
        </section>`;
}

import { html } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';

/**
 * Nothing is at an address. What it would be and the way to all of its kind, {path, word}, a page knows that has such
 * things.
 */
export function NotFound({ path, title = t('missing'), says = t('missing.says'), back = null }) {
    return html`
        <${Head} title=${title} />
        <${Empty} icon="signpost" title=${says}>
            <p>${t('missing.where', { path: html`<code>${path}</code>` })}</p>
            <p class="actions">
                <a class="button primary" href="/">${t('page.overview')}</a>
                ${back && html`<a class="button" href=${back.path}>${back.word}</a>`}
            </p>
        <//>`;
}

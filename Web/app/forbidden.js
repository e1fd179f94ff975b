import { html } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { session } from '/lib/session.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';

/** The page is there, but not for this person: what is missing, and who can give it. */
export function Forbidden({ route }) {
    const name = session.state.user?.username;
    return html`
        <${Head} title=${route.title} />
        <${Empty} icon="lock" title=${t('forbidden')}>
            <p>
                ${t(route.hub ? 'forbidden.hub' : 'forbidden.says',
                    { right: html`<code>${route.needs}</code>`, name: html`<strong>${name}</strong>` })}
            </p>
            <p class="actions">
                <a class="button primary" href="/">${t('page.overview')}</a>
                <a class="button" href="/account">${t('may')}</a>
            </p>
        <//>`;
}

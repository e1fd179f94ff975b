// What looks after the hub, as a page: on a phone it is the way to people, devices, audit and the API.

import { html } from '/lib/html.js';
import { useSession } from '/lib/hooks.js';
import { administration, mayOpen } from '/app/routes.js';
import { t } from '/admin/words.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Icon } from '/parts/icons.js';

export function Page() {
    const session = useSession();
    const entries = administration.filter((entry) => mayOpen(session, entry.path));
    return html`
        <${Head} title=${t('admin')} />
        ${entries.length === 0 && html`
            <${Empty} icon="lock" title=${t('none.title')}>
                <p>${t('none.says')}</p>
                <p class="actions"><a class="button primary" href="/">${t('overview')}</a></p>
            <//>`}
        <ul class="doors" role="list">${entries.map((entry) => html`
            <li class="card" key=${entry.path}>
                <span class="empty-icon"><${Icon} name=${entry.icon} /></span>
                <div><h2><a href=${entry.path}>${entry.word}</a></h2><p>${entry.says}</p></div>
                <${Icon} name="chevron" />
            </li>`)}</ul>`;
}

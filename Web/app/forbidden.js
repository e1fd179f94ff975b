import { html } from '/lib/html.js';
import { session } from '/lib/session.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';

/** The page is there, but not for this person: what is missing, and who can give it. */
export function Forbidden({ route }) {
    const name = session.state.user?.username;
    return html`
        <${Head} title=${route.title} />
        <${Empty} icon="lock" title="This page is not open to you">
            <p>
                It needs the right <code>${route.needs}</code>${route.hub ? ' for the whole hub' : ''}, which
                ${' '}<strong>${name}</strong> does not have. An administrator of this hub can give it.
            </p>
            <p class="actions">
                <a class="button primary" href="/">Overview</a>
                <a class="button" href="/account">What I may do</a>
            </p>
        <//>`;
}

import { html } from '/lib/html.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';

export function NotFound({ path, what = 'page' }) {
    return html`
        <${Head} title=${`No such ${what}`} />
        <${Empty} icon="signpost" title=${`There is no ${what} here`}>
            <p>Nothing is at <code>${path}</code>. It may have been mistyped, or it was never there.</p>
            <p class="actions">
                <a class="button primary" href="/">Overview</a>
                <a class="button" href="/nodes">All nodes</a>
            </p>
        <//>`;
}

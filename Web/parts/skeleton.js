import { html } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { Head } from '/parts/head.js';

/** A place that is being filled: `lines` bars in a box of the size that the content will have. */
export function Skeleton({ shape = 'line', count = 1, label = null }) {
    return html`
        ${label && html`<p class="unseen" role="status">${label}</p>`}
        ${Array.from({ length: count }, (_, index) => html`
            <div class="skeleton" data-shape=${shape} key=${index} aria-hidden="true"></div>`)}`;
}

/** The line under a heading, before it is known. */
export function LeadSkeleton() {
    return html`<p class="lead"><span class="skeleton" data-shape="words" aria-hidden="true"></span></p>`;
}

export function PageSkeleton({ title }) {
    return html`
        <${Head} title=${title} />
        <div class="skeletons"><${Skeleton} shape="line" /><${Skeleton} shape="block" label=${t('loading')} /></div>`;
}

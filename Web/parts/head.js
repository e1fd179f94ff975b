import { html, useLayoutEffect } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { Icon } from '/parts/icons.js';

/**
 * The heading of a page. `title` names the browser's tab, `words` is what stands there if that is something else;
 * `above` is a way back, `aside` stands at the right.
 */
export function Head({ title, words = title, above = null, aside = null, children }) {
    useLayoutEffect(() => { document.title = title === 'Martlet' ? title : `${title} · Martlet`; }, [title]);
    return html`<div class="head">${above}<div class="head-row"><h1>${words}</h1>${aside}</div>${children}</div>`;
}

/** The way back to the page above this one, for `above`. */
export function Crumb({ path, word }) {
    return html`
        <nav class="crumbs" aria-label=${t('crumbs')}><a href=${path}><${Icon} name="chevron" />${word}</a></nav>`;
}

// What is so far down a page that it may never be looked at.

import { html, useEffect, useRef, useState } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { Problem } from '/parts/problem.js';

/** How far below what is seen it may be, in pixels, to be worth fetching. */
const near = 100;

/**
 * Fetched and drawn when it comes near what is seen, when somebody presses the button that stands in its place, or at
 * once if it is `wanted`; then it stays.
 * @param load gives the module: its `Later` is drawn with all other properties
 * @param word of the button
 */
export function Later({ load, wanted = false, word, ...rest }) {
    const box = useRef(null);
    const [state, set] = useState({ isWanted: wanted });
    const isWanted = state.isWanted || wanted;
    const { module, error } = state;
    useEffect(() => {
        if (isWanted) return undefined;
        const watcher = new IntersectionObserver(
            (entries) => { if (entries.some((entry) => entry.isIntersecting)) set({ isWanted: true }); },
            { rootMargin: `${near}px` });
        watcher.observe(box.current);
        return () => watcher.disconnect();
    }, [isWanted]);
    useEffect(() => {
        if (!isWanted) return;
        load().then((found) => set({ isWanted: true, module: found }),
            () => set({ isWanted: true, error: { title: t('notLoaded'), detail: t('notLoaded.says') } }));
    }, [isWanted]);
    if (module) return html`<${module.Later} ...${rest} />`;
    // A browser does not fetch a module again that it could not have.
    if (error) return html`<${Problem} error=${error} small retry=${() => location.reload()} />`;
    return html`
        <p ref=${box} class="later" data-loading=${isWanted}>
            <button type="button" class="button quiet" onClick=${() => set({ isWanted: true })}>${word}</button></p>`;
}

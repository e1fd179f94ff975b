// Real addresses without reloading. The address holds the page's state: path, range, filter, sort.

import { catalogue } from '/lib/catalogue.js';
import { useEffect, useState } from '/lib/html.js';

const listeners = new Set();
/** The page that the document was loaded for. */
const begun = location.pathname;

/** What pages of a path may ask the browser for. */
function featuresOf(path) {
    const solution = catalogue.solutions.find((each) => path === each.path || path.startsWith(`${each.path}/`));
    return solution?.browser_features ?? [];
}

/** Whether a page needs a document of its own: what it may ask the browser for, a document is told once (README.md). */
function needsDocument(path) {
    const granted = featuresOf(begun);
    return featuresOf(path).some((feature) => !granted.includes(feature));
}

function tell() {
    for (const listener of [...listeners]) listener();
}

/** Goes to an address of this site. `replace` does not add a step to the browser's history. */
export function navigate(address, { replace = false } = {}) {
    const target = new URL(address, location.href);
    if (target.href === location.href) return;
    const samePage = target.pathname === location.pathname;
    if (!samePage && needsDocument(target.pathname)) {
        location[replace ? 'replace' : 'assign'](target.href);
        return;
    }
    history[replace ? 'replaceState' : 'pushState'](null, '', target);
    if (!samePage) scrollTo(0, 0);
    tell();
}

/** The present query with some entries changed (null removes one), as an address. */
export function withQuery(changes) {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(changes)) {
        if (value === null || value === '') url.searchParams.delete(name); else url.searchParams.set(name, value);
    }
    return url.pathname + url.search;
}

/** {path, query}, drawn anew when the address changes. */
export function useLocation() {
    const read = () => ({ path: location.pathname, query: new URLSearchParams(location.search) });
    const [place, set] = useState(read);
    useEffect(() => { const each = () => set(read()); listeners.add(each); return () => listeners.delete(each); }, []);
    return place;
}

/** Parameters of `path` under a pattern such as `/things/{id}`, or null. */
export function match(pattern, path) {
    const wanted = pattern.split('/').filter(Boolean);
    const parts = path.split('/').filter(Boolean);
    if (wanted.length !== parts.length) return null;
    const found = {};
    for (let i = 0; i < wanted.length; i += 1) {
        if (wanted[i].startsWith('{')) {
            try { found[wanted[i].slice(1, -1)] = decodeURIComponent(parts[i]); } catch { return null; }
        } else if (wanted[i] !== parts[i]) return null;
    }
    return found;
}

addEventListener('popstate', tell);

// Links stay plain links: they can be copied, opened in a tab, and work before this file has loaded.
document.addEventListener('click', (event) => {
    const withKey = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || event.button !== 0 || withKey) return;
    const link = event.target.closest('a[href]');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname === location.pathname && link.hash !== '') return;
    if (/^\/(api|health|ready|metrics|vendor)(\/|$)/.test(link.pathname)) return;
    event.preventDefault();
    navigate(link.href, { replace: link.dataset.replace !== undefined });
});

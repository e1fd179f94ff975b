// What surrounds every page: navigation, theme, the state of the connection, messages; and the page itself.

import { html, useEffect, useErrorBoundary, useRef, useState } from '/lib/html.js';
import { live } from '/lib/live.js';
import { ConnectionBar, ConnectionDot } from '/app/connection.js';
import { match, useLocation } from '/app/router.js';
import { isUnder, navigation, routes } from '/app/routes.js';
import { ThemePicker } from '/app/theme-picker.js';
import { NotFound } from '/app/notfound.js';
import { Icon, Mark } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';
import { PageSkeleton } from '/parts/skeleton.js';
import { Toasts } from '/parts/toast.js';

const modules = new Map();
const notLoaded = {
    title: 'This page could not be loaded',
    detail: 'The server may be stopped. Load the page again when it runs.',
};

/** The component of a route, or null while it loads. */
function usePage(route) {
    const [state, set] = useState({});
    useEffect(() => {
        if (!route || modules.has(route.path)) return;
        route.load().then(
            (module) => { modules.set(route.path, module.Page); set({}); },
            () => set({ error: notLoaded }));
    }, [route]);
    useEffect(() => {
        if (!state.error) return undefined;
        // A browser does not fetch a module again that it could not have: when the server is back, the page begins anew.
        let wasLost = live.status !== 'open';
        return live.watch(() => {
            if (live.status !== 'open') wasLost = true; else if (wasLost) location.reload();
        });
    }, [state.error]);
    return { Page: route ? modules.get(route.path) : null, error: state.error };
}

function find(path) {
    for (const route of routes) {
        const params = match(route.path, path);
        if (params) return { route, params };
    }
    return { route: null, params: {} };
}

function Navigation({ path, place }) {
    return html`
        <nav class="nav nav-${place}" aria-label="Main">
            <ul role="list">${navigation.map((entry) => html`
                <li key=${entry.path}>
                    <a href=${entry.path} aria-current=${isUnder(entry.path, path) ? 'page' : null}>
                        <${Icon} name=${entry.icon} />
                        <span>${entry.word}</span>
                    </a>
                </li>`)}</ul>
        </nav>`;
}

function Outlet({ path, query }) {
    const { route, params } = find(path);
    const { Page, error } = usePage(route);
    const [fault, reset] = useErrorBoundary();
    useEffect(() => { if (fault) reset(); }, [path]);
    if (fault) {
        return html`
            <${Problem} level="h1" title="This page has a fault"
                error=${{ title: 'This page has a fault', code: 'page_fault', detail: String(fault.message ?? fault) }}
                retry=${reset} />`;
    }
    if (!route) return html`<${NotFound} path=${path} />`;
    if (error) return html`<${Problem} level="h1" error=${error} retry=${() => location.reload()} />`;
    if (!Page) return html`<${PageSkeleton} title=${route.title} />`;
    return html`<${Page} key=${path} params=${params} query=${query} />`;
}

/** Moves the focus to the page's heading after a change of page, as loading a new document would. */
function useFocusOnArrival(path) {
    const first = useRef(true);
    useEffect(() => {
        if (first.current) { first.current = false; return; }
        document.getElementById('main')?.focus({ preventScroll: true });
    }, [path]);
}

export function Shell() {
    const { path, query } = useLocation();
    useFocusOnArrival(path);
    useEffect(() => live.start(), []);
    return html`
        <a class="skip" href="#main">Skip to content</a>
        <header class="rail">
            <a class="brand" href="/" aria-label="Martlet, overview"><${Mark} /><span>Martlet</span></a>
            <${Navigation} path=${path} place="side" />
            <div class="rail-foot"><${ConnectionDot} /><${ThemePicker} /></div>
        </header>
        <main id="main" tabindex="-1"><${Outlet} path=${path} query=${query} /></main>
        <${Navigation} path=${path} place="bottom" />
        <${ConnectionBar} />
        <${Toasts} />`;
}

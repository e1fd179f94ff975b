// What surrounds every page: navigation, theme, the state of the connection, messages; and the page itself.

import { html, useEffect, useErrorBoundary, useLayoutEffect, useRef, useState } from '/lib/html.js';
import { useSession } from '/lib/hooks.js';
import { t } from '/lib/i18n.js';
import { live } from '/lib/live.js';
import { safeNext, session, signInAddress } from '/lib/session.js';
import { Banner } from '/app/banner.js';
import { ConnectionBar, ConnectionDot } from '/app/connection.js';
import { Forbidden } from '/app/forbidden.js';
import { PersonMenu } from '/app/person.js';
import { navigate, useLocation } from '/app/router.js';
import { administration, find, isUnder, mayOpen, navigation } from '/app/routes.js';
import { solutions, useSolutions } from '/app/solutions.js';
import { ThemePicker } from '/app/theme-picker.js';
import { NotFound } from '/app/notfound.js';
import { Icon, Mark } from '/parts/icons.js';
import { PrintNote } from '/parts/print.js';
import { Problem } from '/parts/problem.js';
import { PageSkeleton } from '/parts/skeleton.js';
import { Toasts } from '/parts/toast.js';

const modules = new Map();
const notLoaded = () => ({ title: t('notLoaded'), detail: t('notLoaded.says') });

/** A page that everybody may see is fetched while it is still being asked who looks; if it fails, `usePage` says so. */
export function fetchPublic(path) {
    const { route } = find(path);
    if (route?.public || route?.bare) route.load().catch(() => {});
}

/** The component of a route, or null while it loads. */
function usePage(route) {
    const [state, set] = useState({});
    useEffect(() => {
        if (!route || modules.has(route.path)) return undefined;
        // What becomes of a page that one has left meanwhile says nothing of this one.
        let isWanted = true;
        const settle = (state) => { if (isWanted) set(state); };
        route.load().then(
            (module) => { modules.set(route.path, module.Page); settle({}); },
            () => settle({ error: notLoaded(), of: route }));
        return () => { isWanted = false; };
    }, [route]);
    useEffect(() => {
        if (!state.error) return undefined;
        // A browser does not fetch a module again that it could not have: when the server is back, the page begins
        // anew.
        let wasLost = live.status !== 'open';
        return live.watch(() => {
            if (live.status !== 'open') wasLost = true; else if (wasLost) location.reload();
        });
    }, [state.error]);
    return { Page: route ? modules.get(route.path) : null, error: state.of === route ? state.error : null };
}

const shown = (entries) => entries.filter((entry) => mayOpen(session, entry.path));

function Entries({ entries, path }) {
    return html`
        <ul role="list">${entries.map((entry) => html`
            <li key=${entry.path}>
                <a href=${entry.path} aria-current=${isUnder(entry, path) ? 'page' : null}>
                    <${Icon} name=${entry.icon} />
                    <span>${entry.word}</span>
                </a>
            </li>`)}</ul>`;
}

function SideNavigation({ path }) {
    const admin = shown(administration);
    return html`
        <nav class="nav nav-side" aria-label=${t('nav')}>
            <${Entries} entries=${shown(navigation())} path=${path} />
            ${admin.length > 0 && html`
                <p class="nav-group" id="nav-admin">${t('page.admin')}</p>
                <${Entries} entries=${admin} path=${path} />`}
        </nav>`;
}

/** At the thumb there is room for few: all that looks after the hub is behind one. */
function BottomNavigation({ path }) {
    const entries = shown(navigation());
    if (shown(administration).length > 0) entries.push({ path: '/admin', word: t('page.admin'), icon: 'shield' });
    const under = path === '/docs' ? '/admin' : path;
    return html`<nav class="nav nav-bottom" aria-label=${t('nav')}><${Entries} entries=${entries}
        path=${under} /></nav>`;
}

function Outlet({ path, query }) {
    const { route, params } = find(path);
    const allowed = route?.public || (route !== null && session.may(route.needs, route.hub ? '*' : null));
    const { Page, error } = usePage(route?.bare || allowed ? route : null);
    const [fault, reset] = useErrorBoundary();
    useEffect(() => { if (fault) reset(); }, [path]);
    if (fault) {
        return html`
            <${Problem} level="h1" title=${t('fault')}
                error=${{ title: t('fault'), code: 'page_fault', detail: String(fault.message ?? fault) }}
                retry=${reset} />`;
    }
    if (!route) return html`<${NotFound} path=${path} />`;
    if (!route.bare && !allowed) return html`<${Forbidden} route=${route} />`;
    if (error) return html`<${Problem} level="h1" error=${error} retry=${() => location.reload()} />`;
    if (!Page) return route.bare ? null : html`<${PageSkeleton} title=${route.title} />`;
    return html`<${Page} key=${path} params=${params} query=${query} />`;
}

/**
 * Moves the focus to the page after a change of page, as loading a new document would: together with the drawing, so
 * that no key is pressed into what has gone, and before a page takes the focus for a field of its own.
 */
function useFocusOnArrival(path) {
    const first = useRef(true);
    useLayoutEffect(() => {
        if (first.current) { first.current = false; return; }
        document.getElementById('main')?.focus({ preventScroll: true });
    }, [path]);
}

/** Where one has to go before this page: to set up, to sign in, or away from there again; null: nowhere. */
function detour(path, query) {
    if (!session.state) return null;
    const { bare = false, public: isPublic = false } = find(path).route ?? {};
    if (isPublic) return null;
    if (session.entered) {
        // A one-time code in the address is for the page that reads it, also when somebody has signed in already.
        if (path === '/sign-in' && !location.hash.includes('code=')) return safeNext(query.get('next'));
        return path === '/setup' ? '/' : null;
    }
    if (session.state.setup_needed) return path === '/setup' || location.hash.includes('code=') ? null : '/setup';
    return bare && path !== '/setup' ? null : signInAddress();
}

/** The page of somebody who is not signed in, or of whom nothing is known yet. */
function Bare({ children }) {
    return html`
        <a class="skip" href="#main">${t('skip')}</a>
        <div class="bare">
            <header class="bare-head"><span
                class="brand"><${Mark} /><span>Martlet</span></span><${ThemePicker} /></header>
            <main id="main" tabindex="-1">${children}</main>
        </div>
        <${Toasts} />`;
}

session.isPublic = (path) => find(path).route?.public === true;

/**
 * Where somebody begins who has not signed in: with the solution that they look at, else with the first that has a
 * page for them.
 */
function guestEntry(path) {
    const entries = solutions.list.map(({ guest }) => guest).filter(Boolean);
    return entries.find((entry) => isUnder(entry, path)) ?? entries[0] ?? { path: '/sign-in', word: t('page.signIn') };
}

/** A public page for somebody who has not signed in: no navigation, and a way to sign in. */
function Guest({ path, query }) {
    useEffect(() => live.start(), []);
    const entry = guestEntry(path);
    return html`
        <a class="skip" href="#main">${t('skip')}</a>
        <header class="guest-head">
            <a class="brand" href=${entry.path}
                aria-label=${t('brand', { page: entry.word })}><${Mark} /><span>Martlet</span></a>
            <div class="guest-aside">
                <${ConnectionDot} /><${ThemePicker} />
                ${session.state && !session.state.setup_needed && html`
                    <a class="button small quiet" href=${signInAddress()}>${t('page.signIn')}</a>`}
            </div>
        </header>
        <main id="main" class="guest" tabindex="-1"><${Banner} /><${Outlet} path=${path}
            query=${query} /><${PrintNote} /></main>
        <${ConnectionBar} />
        <${Toasts} />`;
}

/** A page that has the whole screen, such as a board at an entrance. */
function Whole({ path, query }) {
    useEffect(() => live.start(), []);
    return html`<main id="main" class="whole" tabindex="-1"><${Banner} /><${Outlet} path=${path}
        query=${query} /></main>`;
}

function Frame({ path, query }) {
    useEffect(() => live.start(), []);
    return html`
        <a class="skip" href="#main">${t('skip')}</a>
        <header class="rail">
            <a class="brand" href="/" aria-label=${t('brand.overview')}><${Mark} /><span>Martlet</span></a>
            <${SideNavigation} path=${path} />
            <div class="rail-foot">
                <${PersonMenu} path=${path} />
                <div class="rail-state"><${ConnectionDot} /><${ThemePicker} /></div>
            </div>
        </header>
        <main id="main" tabindex="-1"><${Banner} /><${Outlet} path=${path} query=${query} /><${PrintNote} /></main>
        <${BottomNavigation} path=${path} />
        <${ConnectionBar} />
        <${Toasts} />`;
}

const Unreachable = ({ error, retry }) => html`
    <${Bare}><${Problem} level="h1" error=${error} title=${t('unreachable')} retry=${retry} /><//>`;

export function Shell() {
    const { path, query } = useLocation();
    const { state, error } = useSession();
    const { list, error: unknown } = useSolutions();
    useFocusOnArrival(path);
    if (!list) return unknown ? html`<${Unreachable} error=${unknown}
        retry=${() => solutions.load()} />` : html`<${Bare} />`;
    return html`<${Place} path=${path} query=${query} state=${state} error=${error} />`;
}

/** What is at an address, once it is known what there is. */
function Place({ path, query, state, error }) {
    const away = detour(path, query);
    useEffect(() => { if (away !== null) navigate(away, { replace: true }); }, [away]);
    // Until it is known who asks, nothing is drawn that not everybody may see.
    // A public page opens without a network as well: it says itself what it does not know.
    const Stranger = find(path).route?.whole ? Whole : Guest;
    if (!state && error && find(path).route?.public) return html`<${Stranger} path=${path} query=${query} />`;
    if (!state && error) return html`<${Unreachable} error=${error} retry=${() => session.load()} />`;
    if (!state || away !== null) return html`<${Bare} />`;
    if (find(path).route?.bare) return html`<${Bare}><${Outlet} path=${path} query=${query} /><//>`;
    if (find(path).route?.whole) return html`<${Whole} path=${path} query=${query} />`;
    if (!session.entered) return html`<${Guest} path=${path} query=${query} />`;
    return html`<${Frame} path=${path} query=${query} />`;
}

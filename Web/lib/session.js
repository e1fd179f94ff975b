// Who is signed in and what they may do. The tokens themselves are in HttpOnly cookies: no script ever sees one.

import { ask, gate } from '/lib/api.js';

const key = 'session';
/** How long before its end a sign-in is renewed, seconds. */
const spare = 90;
const again = 3000;

/** What tabs tell each other, and what a reloaded page still knows: {kind, at, until}. It holds no secret. */
function recall() {
    try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; }
}

function remember(entry) {
    try { localStorage.setItem(key, JSON.stringify({ ...entry, at: Date.now() }));
        } catch { /* Storage may be forbidden. */ }
}

/** An address of this site to go to after signing in; the overview for anything else. */
export function safeNext(text) {
    if (!text) return '/';
    let url;
    try { url = new URL(text, location.origin); } catch { return '/'; }
    if (!text.startsWith('/') || url.origin !== location.origin
        || /^\/(sign-in|setup)(\/|$)/.test(url.pathname)) return '/';
    return url.pathname + url.search + url.hash;
}

/** The sign-in page that leads back to where we are. */
export function signInAddress() {
    const here = location.pathname + location.search;
    return here === '/' || /^\/(sign-in|setup)/.test(here) ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`;
}

export class Session {
    constructor() {
        /** {open, demo, setup_needed, user}, or null before the server has said so. */
        this.state = null;
        /** Why it could not be read. */
        this.error = null;
        this.watchers = new Set();
        this.renewing = null;
        this.read = 0;
        /** Whether a path is a page for everybody; the shell knows. */
        this.isPublic = () => false;
        gate.renew = (asked) => this.renew(asked);
        gate.forbidden = () => this.reread();
        addEventListener('storage', (event) => { if (event.key === key) this.heard(recall()); });
        document.addEventListener('visibilitychange', () => { if (!document.hidden) this.schedule(); });
        // A page that the browser kept in memory may show what its reader may no longer see.
        addEventListener('pageshow', (event) => { if (event.persisted) this.check(); });
    }

    /** Calls `watcher` at every change; returns a function that stops it. */
    watch(watcher) {
        this.watchers.add(watcher);
        return () => this.watchers.delete(watcher);
    }

    /** Whether somebody may use the pages at all. */
    get entered() { return this.state !== null && (this.state.open || this.state.user !== null); }

    /** Whether one may do it: anywhere, at a site, or (`*`) for the whole hub. */
    may(permission, site = null) {
        if (!this.state) return false;
        if (this.state.open || !permission) return this.entered;
        const { user } = this.state;
        if (!user) return false;
        if (site === null) return (user.permissions ?? []).includes(permission);
        return (user.grants ?? []).some((grant) => (grant.site === '*' || grant.site === site)
            && grant.permissions.includes(permission));
    }

    /** Reads the session; what had ended is renewed if it can be. Tries until the server answers. */
    async load() {
        clearTimeout(this.retryTimer);
        try {
            let state = await ask('GET', '/api/session', { plain: true });
            const ended = !state.open && !state.setup_needed && !state.user;
            if (ended && (recall().until ?? 0) > 0 && await this.exchange()) {
                state = await ask('GET', '/api/session', { plain: true });
            }
            this.become(state);
        } catch (error) {
            this.error = error;
            this.tell();
            this.retryTimer = setTimeout(() => this.load(), again);
        }
    }

    become(state) {
        this.error = null;
        const changed = JSON.stringify(state) !== JSON.stringify(this.state);
        this.state = state;
        if (state.user) this.schedule();
        if (changed) this.tell();
    }

    tell() { for (const watcher of [...this.watchers]) watcher(); }

    /** Takes the answer of a sign-in. The rights come with the session. */
    async entering(answer) {
        remember({ kind: 'in', until: Date.now() + answer.expires_in * 1000 });
        this.become(await ask('GET', '/api/session', { plain: true }));
    }

    /**
     * Renews the sign-in; true when it holds again. However many ask, one request is made: also for a request of the
     * time `asked` (milliseconds since 1970) whose refusal arrives after another's renewal.
     */
    renew(asked = Date.now()) {
        this.renewing ??= this.exchange(asked).then((renewed) => {
            if (!renewed) this.lose();
            return renewed;
        }).finally(() => { this.renewing = null; });
        return this.renewing;
    }

    async exchange(asked = Date.now()) {
        // A refresh token works once, so tabs take turns; whoever waited uses what the other has got.
        const turn = async () => {
            const known = recall();
            const now = Date.now();
            // A time to come is of a clock that was set back since, and says nothing.
            if (known.at > asked && known.at <= now && known.until > now) return true;
            try {
                const answer = await ask('POST', '/api/auth/refresh', { plain: true });
                remember({ kind: 'renewed', until: Date.now() + answer.expires_in * 1000 });
                this.schedule();
                return true;
            } catch (error) {
                if (error.status !== 401) throw error;
                remember({ kind: 'out', until: 0 });
                return false;
            }
        };
        return navigator.locks ? navigator.locks.request('martlet-session', turn) : turn();
    }

    schedule() {
        clearTimeout(this.timer);
        const { until } = recall();
        if (!until || !this.state?.user) return;
        const wait = Math.max(0, until - Date.now() - spare * 1000);
        this.timer = setTimeout(() => {
            if (!document.hidden) this.renew().catch(() => { /* The next request finds out. */ });
        }, Math.min(wait, 2 ** 31 - 1));
    }

    /** The live socket was refused or closed: is it the network, or may we no longer? */
    async check() {
        const asked = Date.now();
        try {
            const state = await ask('GET', '/api/session', { plain: true });
            if (state.open || state.user) { this.become(state); return; }
            if (this.entered && await this.renew(asked)) this.become(await ask('GET', '/api/session', { plain: true }));
        } catch { /* The server cannot be reached; the bar below says so. */ }
    }

    /** A right that the navigation showed was refused: it was taken meanwhile. */
    reread() {
        if (Date.now() - this.read < 5000) return;
        this.read = Date.now();
        this.check();
    }

    /** Another tab has signed in or out. */
    heard({ kind }) {
        if (kind === 'out' && this.state?.user) this.lose();
        else if (kind === 'in') location.reload();
        else if (kind === 'renewed') this.schedule();
    }

    /** Nobody is signed in any more. A new document forgets all that was shown. */
    lose() {
        clearTimeout(this.timer);
        if (this.isPublic(location.pathname)) {
            if (this.state?.user) location.reload();
            return;
        }
        if (!/^\/(sign-in|setup)$/.test(location.pathname)) location.replace(signInAddress());
    }

    /** Ends this sign-in, or with `everywhere` all of the account. */
    async leave({ everywhere = false } = {}) {
        await ask('POST', everywhere ? '/api/auth/logout-everywhere' : '/api/auth/logout');
        remember({ kind: 'out', until: 0 });
        location.assign('/sign-in');
    }
}

/** The page's session. */
export const session = new Session();

// The live half: one WebSocket for all parts of a page, as docs/live.md describes. It comes back by itself, asks for
// what it missed by the number of the last event it saw, and says so when it missed too much.

import { learnServerTime } from '/lib/time.js';
import { covers } from '/lib/topics.js';

const firstDelay = 500;
const longestDelay = 15_000;
const quiet = 20_000;
const patience = 8_000;
const coalescedPause = 5_000;
const overlap = 1_000;

export class Live {
    /** @param {string} url address of the socket */
    constructor(url) {
        this.url = url;
        /** connecting (never yet open), open, or lost. */
        this.status = 'connecting';
        /** When the present status began, milliseconds since 1970 by this machine's clock. */
        this.since = Date.now();
        /** When the next attempt starts, or null while one is under way. */
        this.nextAttempt = null;
        this.socket = null;
        /** Number of the last event, and that from which the first subscription followed; null before there was one. */
        this.last = null;
        this.first = null;
        this.attempt = 0;
        this.request = 0;
        this.subscriptions = new Set();
        this.watchers = new Set();
        this.counts = new Map();
        /** Asked when the server refused a socket or closed it for what it is: the sign-in may have ended. */
        this.doubt = async () => {};
        /** Whether the socket is a stranger's: it carries public events only. */
        this.isPublic = false;
        /** Whether the server has no room for another socket; the page must ask over HTTP. */
        this.isFull = false;
        addEventListener('online', () => this.retry());
        addEventListener('offline', () => this.socket?.close());
        document.addEventListener('visibilitychange', () => { if (!document.hidden) this.retry(); });
        // A page kept in memory by the browser loses its socket without a word.
        addEventListener('pageshow', (event) => { if (event.persisted) this.retry(); });
    }

    /** Calls `watcher` at every change of the connection; returns a function that stops it. */
    watch(watcher) {
        this.watchers.add(watcher);
        return () => this.watchers.delete(watcher);
    }

    /**
     * Events of `topics` from now on, or all those after an event: the `last` of when something was asked for over
     * HTTP that is followed only now (null: nothing had been heard yet). `missed` is called when events were lost and
     * the state must be read anew. Returns a function that ends the subscription.
     */
    subscribe(topics, event, missed = () => {}, after = this.last) {
        const entry = { topics, event, missed };
        this.subscriptions.add(entry);
        const fresh = topics.filter((topic) => !this.counts.has(topic));
        for (const topic of topics) this.counts.set(topic, (this.counts.get(topic) ?? 0) + 1);
        if (this.socket) this.ask(fresh, after ?? this.first); else this.start();
        return () => {
            if (!this.subscriptions.delete(entry)) return;
            const unused = [];
            for (const topic of topics) {
                const left = this.counts.get(topic) - 1;
                if (left > 0) this.counts.set(topic, left); else { this.counts.delete(topic); unused.push(topic); }
            }
            if (unused.length > 0) this.send({ type: 'unsubscribe', topics: unused });
        };
    }

    /** Opens the connection, also for a page that subscribes to nothing: it shows whether the server is there. */
    start() {
        if (!this.socket && this.nextAttempt === null) this.connect();
    }

    /** Tries at once instead of waiting for the next attempt. */
    retry() {
        if (this.status === 'open' || this.nextAttempt === null) return;
        this.attempt = 0;
        this.connect();
    }

    /** Named by number, an already open page loses nothing. */
    ask(topics, after = this.last) {
        if (topics.length > 0 && this.last !== null) this.send({ type: 'subscribe', topics, after });
    }

    /** Another person than before: what the socket may carry is another. */
    restart() {
        const old = this.socket;
        if (!old) return;
        this.closed();
        old.close();
        this.retry();
    }

    send(message) {
        // A socket that is closing takes nothing more; what was to be said is said anew when the next one opens.
        if (this.status !== 'open' || this.socket.readyState !== WebSocket.OPEN) return;
        this.request += 1;
        this.socket.send(JSON.stringify({ ...message, id: this.request }));
    }

    connect() {
        this.firstUse ??= Date.now();
        clearTimeout(this.timer);
        this.nextAttempt = null;
        const socket = new WebSocket(this.url);
        this.socket = socket;
        socket.onmessage = (message) => { if (socket === this.socket) this.receive(message.data); };
        socket.onclose = (event) => { if (socket === this.socket) this.closed(event.code); };
        this.expect(patience);
    }

    /** Closes the socket unless something arrives within `milliseconds`. */
    expect(milliseconds) {
        clearTimeout(this.deadline);
        this.deadline = setTimeout(() => {
            const dead = this.socket;
            this.closed();
            dead?.close();
        }, milliseconds);
    }

    closed(code = 1006) {
        clearTimeout(this.deadline);
        // Refused is all that a browser tells of a socket that never opened.
        if (code === 1008 || (code === 1006 && this.status !== 'open')) this.doubt().then(() => code === 1008
            && this.retry());
        clearTimeout(this.quietTimer);
        this.socket = null;
        this.isFull = code === 1013;
        const ceiling = Math.min(longestDelay, firstDelay * 2 ** this.attempt);
        // A server that restarts must not be met by all pages at the same instant.
        const delay = ceiling * (0.5 + Math.random() / 2);
        this.attempt += 1;
        this.nextAttempt = Date.now() + delay;
        this.timer = setTimeout(() => this.connect(), delay);
        this.become('lost');
    }

    become(status) {
        if (this.status !== status) {
            /** How long the status before this one lasted, milliseconds. */
            this.lasted = Date.now() - this.since;
            this.since = Date.now();
        }
        this.status = status;
        for (const watcher of [...this.watchers]) watcher();
    }

    receive(text) {
        clearTimeout(this.deadline);
        clearTimeout(this.quietTimer);
        this.quietTimer = setTimeout(() => { this.send({ type: 'ping' }); this.expect(patience); }, quiet);
        let message;
        try { message = JSON.parse(text); } catch { return; }
        switch (message.type) {
        case 'hello': return this.hello(message);
        case 'event': return this.event(message);
        case 'gap': return this.missed();
        case 'coalesced': return this.coalesced();
        case 'error': return console.warn(`live: ${message.code}: ${message.detail}`);
        default: return undefined;
        }
    }

    hello(message) {
        learnServerTime(message.now);
        this.isPublic = message.public === true;
        this.isFull = false;
        // A smaller number than ours is another data folder: nothing we know belongs to it.
        const other = this.last !== null && message.last < this.last;
        if (other) this.last = this.first = message.last;
        // Event numbers are microseconds since 1970. A page reads its state over HTTP while the socket is still
        // opening; going back to before that leaves no hole between the two, and hearing an event twice does no harm.
        this.last ??= Math.min(message.last, (Date.parse(message.now) - (Date.now() - this.firstUse) - overlap) * 1000);
        this.first ??= this.last;
        this.attempt = 0;
        this.become('open');
        this.ask([...this.counts.keys()]);
        if (other) this.missed();
    }

    event(message) {
        if (message.n > this.last) this.last = message.n;
        for (const entry of [...this.subscriptions]) {
            if (entry.topics.some((topic) => covers(topic, message.topic))) entry.event(message);
        }
    }

    missed() {
        for (const entry of [...this.subscriptions]) entry.missed();
    }

    coalesced() {
        // This page is slow already: reading everything anew at each notice would make it slower.
        this.coalescedTimer ??= setTimeout(() => { this.coalescedTimer = null; this.missed(); }, coalescedPause);
    }
}

/** The page's connection. */
export const live = new Live(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);

// The solutions of this hub: which there are the catalogue says, what their pages are each declares in
// `/<id>/solution.js` (README.md, "A solution's pages"). One that cannot be loaded takes no other page down.

import { useLayoutEffect, useState } from '/lib/html.js';
import { catalogue } from '/lib/catalogue.js';
import { live } from '/lib/live.js';
import { loadStyled } from '/app/sheets.js';
import { addIcons } from '/parts/icons.js';

const again = 3000;

/** What loads a module gives it only when its sheets are there: that of all of the solution's pages, and its own. */
const withStyle = (sheet, entry) => entry && {
    ...entry, load: () => loadStyled(entry.load, [sheet, entry.stylesheet].filter(Boolean)),
};

/** A part with the right that it needs: that of the whole solution, unless it says another, or null for none. */
const withNeeds = (entry, part) => part && {
    ...part, needs: part.public ? null : part.needs === undefined ? entry.needs : part.needs,
};

function declared(entry, declaration) {
    if (declaration?.id !== entry.id) throw new Error(`/${entry.id}/solution.js declares ${declaration?.id}`);
    const { stylesheet, routes = [], navigation = [], icons = {}, front = null, first = null, ...rest } = declaration;
    addIcons(icons);
    return {
        guest: null, worker: null, ...rest, ...entry, kinds: declaration.kinds ?? {}, failed: false, navigation,
        routes: routes.map((route) => withNeeds(entry, withStyle(stylesheet, route))),
        front: withNeeds(entry, withStyle(null, front)),
        first: withNeeds(entry, withStyle(null, first)),
    };
}

/** An entry without pages: its addresses say that they could not be loaded. */
function broken(entry) {
    const load = () => Promise.reject(new Error(`The pages of ${entry.title} are missing.`));
    const paths = ['', '/{a}', '/{a}/{b}'].map((more) => entry.path + more);
    return {
        ...entry, failed: true, guest: null, kinds: {}, worker: null, front: null, first: null,
        navigation: [{ path: entry.path, word: entry.title, icon: 'warning' }],
        routes: paths.map((path) => ({ path, title: entry.title, needs: entry.needs, load })),
    };
}

const fetchDeclaration = (id) => import(`/${id}/solution.js`);

async function load(entry) {
    try {
        return declared(entry, (await fetchDeclaration(entry.id)).default);
    } catch (error) {
        console.error(`The pages of ${entry.id} could not be loaded:`, error);
        return broken(entry);
    }
}

class Solutions {
    constructor() {
        /** The solutions, in the order of the catalogue; null before they are known. */
        this.list = null;
        /** Why they are not known. */
        this.error = null;
        this.watchers = new Set();
    }

    /** Calls `watcher` when it is known what there is; returns a function that stops it. */
    watch(watcher) {
        this.watchers.add(watcher);
        return () => this.watchers.delete(watcher);
    }

    /** Asks what there is and loads it. Tries until the server answers. */
    async load() {
        clearTimeout(this.timer);
        // What there was last time is there again almost always: it need not wait for the answer that says so.
        for (const { id } of catalogue.kept ?? []) fetchDeclaration(id).catch(() => { /* `load` says so. */ });
        try {
            await catalogue.load();
            this.error = null;
            this.list = await Promise.all(catalogue.solutions.map(load));
            if (this.list.some(({ failed }) => failed)) this.reloadWhenBack();
        } catch (error) {
            this.error = error;
            this.timer = setTimeout(() => this.load(), again);
        }
        for (const watcher of [...this.watchers]) watcher();
    }

    /**
     * A browser does not fetch a module again that it could not have: when a server that was gone is back, the page
     * begins anew.
     */
    reloadWhenBack() {
        let wasLost = false;
        live.watch(() => {
            if (live.status === 'lost') wasLost = true; else if (live.status === 'open' && wasLost) location.reload();
        });
    }

    /** All routes of all solutions. */
    get routes() { return (this.list ?? []).flatMap((solution) => solution.routes); }

    get navigation() { return (this.list ?? []).flatMap((solution) => solution.navigation); }

    /** What a solution says of a kind of device: {page, topic, sample, states}, each if it has it. */
    kind(id) { return (this.list ?? []).map((solution) => solution.kinds[id]).find(Boolean) ?? {}; }
}

/** The page's solutions. */
export const solutions = new Solutions();

/** What runs on this hub: draws anew when that is known. */
export function useSolutions() {
    const [, set] = useState(0);
    useLayoutEffect(() => solutions.watch(() => set((value) => value + 1)), []);
    return solutions;
}

// What this hub is made of, as it says itself (GET /api/catalogue): its solutions, rights, roles and what the audit
// writes down. It is asked once at the start; the browser keeps the answer by its ETag. Which solutions there were is
// kept on this device as well, for a page that opens without a network.

import { ask } from '/lib/api.js';

const key = 'solutions';

function recall() {
    try { return JSON.parse(localStorage.getItem(key)) ?? null; } catch { return null; }
}

function remember(solutions) {
    try { localStorage.setItem(key, JSON.stringify(solutions)); } catch { /* Storage may be forbidden. */ }
}

const byID = (list) => new Map((list ?? []).map((entry) => [entry.id, entry]));

export class Catalogue {
    constructor() {
        this.take({});
    }

    take(said) {
        /** {id, title, path, needs, kinds: [{id, title}], browser_features} in the order of the navigation. */
        this.solutions = said.solutions ?? [];
        this.permissions = byID(said.permissions);
        this.roles = byID(said.roles);
        this.actions = byID(said.audit_actions);
        /** [{id, summary, solution, device, needs, shows}]: the kinds of links; without a device: of a site. */
        this.links = said.links ?? [];
        /** By kind of device, how it takes commands: see `lib/commands.js`. */
        this.commands = new Map((said.commands ?? []).map((form) => [form.kind, form]));
        this.kinds = byID(this.solutions.flatMap((solution) => solution.kinds ?? []));
    }

    /** The solutions that there were when this device last asked, or null. */
    get kept() { return recall(); }

    /** Asks the hub. Where it is out of reach, the solutions that there were last time count. */
    async load() {
        try {
            const said = await ask('GET', '/api/catalogue', { plain: true });
            remember(said.solutions);
            this.take(said);
        } catch (error) {
            const solutions = recall();
            if (!solutions) throw error;
            this.take({ solutions });
        }
    }
}

export const catalogue = new Catalogue();

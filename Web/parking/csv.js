import { html } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { parking } from '/parking/api.js';
import { Icon } from '/parts/icons.js';
import { download } from '/parts/secret.js';
import { toast } from '/parts/toast.js';

/** Gives a table of the lot as a CSV file. */
export function CSV({ lot, name, query = {}, word = 'CSV', of = name }) {
    const { busy, run } = useAction();
    const get = () => run(async () => {
        try { download(`${lot.lot_id}-${name}.csv`, await parking.table(lot.lot_id, name, query), 'text/csv'); } catch (error) { toast({ tone: 'bad', text: `No file: ${error.title}.` }); }
    });
    return html`<button type="button" class="button small" aria-busy=${busy} onClick=${get}><${Icon} name="download" />${word}<span class="unseen"> of ${of}</span></button>`;
}

import { html } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { parking } from '/parking/api.js';
import { Icon } from '/parts/icons.js';
import { download } from '/parts/secret.js';
import { toast } from '/parts/toast.js';

/** Gives a table as a CSV file: one of the lot, or what `read` gives. A file has every row, or is refused with the reason. */
export function CSV({ lot = null, name, query = {}, word = 'CSV', of = name, read = () => parking.table(lot.lot_id, name, query) }) {
    const { busy, run } = useAction();
    const get = () => run(async () => {
        try { download(`${lot ? `${lot.lot_id}-` : ''}${name}.csv`, await read(), 'text/csv'); } catch (error) { toast({ tone: 'bad', text: `No file: ${error.detail || error.title}` }); }
    });
    return html`<button type="button" class="button small" aria-busy=${busy} onClick=${get}><${Icon} name="download" />${word}<span class="unseen"> of ${of}</span></button>`;
}

import { html } from '/lib/html.js';
import { parking } from '/parking/api.js';
import { CSV } from '/parts/csv.js';

/** A table of one lot as a CSV file, named after both. */
export function LotCSV({ lot, name, query = {}, word, of = name,
    read = () => parking.table(lot.lot_id, name, query) }) {
    return html`<${CSV} file=${`${lot.lot_id}-${name}`} read=${read} word=${word} of=${of} />`;
}

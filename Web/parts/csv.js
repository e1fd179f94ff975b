import { html } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { Icon } from '/parts/icons.js';
import { download } from '/parts/secret.js';
import { toast } from '/parts/toast.js';
import { t } from '/parts/words.js';

/**
 * Gives a table as a CSV file: what `read` gives. A file has every row, or is refused with the reason. With `href`, the
 * table's plain address, it is a link, for programs: with `Accept: text/csv` it gives the same.
 */
export function CSV({ file, read, href = null, word = t('csv'), of }) {
    const { busy, run } = useAction();
    const get = () => run(async () => {
        try {
            download(`${file}.csv`, await read(), 'text/csv');
        } catch (error) { toast({ tone: 'bad', text: t('csv.fault', { reason: error.detail || error.title }) }); }
    });
    const inside = (words) => html`<${Icon} name="download" />${word}<span class="unseen"> ${words}</span>`;
    if (href) return html`
        <a class="button small quiet" href=${href} download aria-busy=${busy}
            onClick=${(event) => { event.preventDefault(); get(); }}>${inside(of)}</a>`;
    return html`
        <button type="button" class="button small" aria-busy=${busy} onClick=${get}>
            ${inside(t('csv.of', { table: of }))}
        </button>`;
}

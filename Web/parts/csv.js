import { html } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { Icon } from '/parts/icons.js';
import { download } from '/parts/secret.js';
import { toast } from '/parts/toast.js';
import { t } from '/parts/words.js';

/** Gives a table as a CSV file: what `read` gives. A file has every row, or is refused with the reason. */
export function CSV({ file, read, word = t('csv'), of }) {
    const { busy, run } = useAction();
    const get = () => run(async () => {
        try {
            download(`${file}.csv`, await read(), 'text/csv');
        } catch (error) { toast({ tone: 'bad', text: t('csv.fault', { reason: error.detail || error.title }) }); }
    });
    return html`
        <button type="button" class="button small" aria-busy=${busy} onClick=${get}>
            <${Icon} name="download" />${word}<span class="unseen"> ${t('csv.of', { table: of })}</span>
        </button>`;
}

// Values that the hub did not take because their field is of another type, and the way out for a field that has
// changed for good.

import { html, useState } from '/lib/html.js';
import { api } from '/nodes/api.js';
import { describe } from '/lib/fields.js';
import { session } from '/lib/session.js';
import { instant } from '/lib/time.js';
import { t } from '/nodes/words.js';
import { Age } from '/parts/age.js';
import { toast } from '/parts/toast.js';

function Field({ node, refused, done }) {
    const [busy, setBusy] = useState(false);
    const label = describe(refused.field).label;
    const reset = async () => {
        setBusy(true);
        try {
            await api.resetField(node.node_id, refused.field);
            toast({ tone: 'good', text: t('refusals.reset', { label }) });
            done();
        } catch (failure) {
            toast({ tone: 'bad', text: failure.detail ?? failure.title ?? t('refusals.notReset', { label }) });
        }
        setBusy(false);
    };
    return html`
        <li>
            <p>
                ${t('refusals.says', { field: html`<strong>${label}</strong>`, reason: refused.reason,
                    count: refused.count,
                    age: html`<${Age} at=${instant(refused.at)} open label=${t('refusals.field', { label })} />` })}
            </p>
            ${session.may('nodes.command') && html`
                <p><button type="button" class="button small" disabled=${busy}
                    onClick=${reset}>${t('reset', { label })}</button></p>`}
        </li>`;
}

/** Nothing while every field gets what it holds. */
export function Refused({ node, done }) {
    const list = node.refused_fields ?? [];
    if (list.length === 0) return null;
    return html`
        <section class="card" aria-labelledby="refused-name">
            <h2 id="refused-name">${t('refusals')}</h2>
            <ul role="list">${list.map((refused) => html`
                <${Field} key=${refused.field} node=${node} refused=${refused} done=${done} />`)}</ul>
        </section>`;
}

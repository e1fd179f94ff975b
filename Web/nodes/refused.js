// Values that the hub did not take because their field is of another type, and the way out for a field that has changed for good.

import { html, useState } from '/lib/html.js';
import { api } from '/lib/api.js';
import { describe } from '/lib/fields.js';
import { session } from '/lib/session.js';
import { instant } from '/lib/time.js';
import { Age } from '/parts/age.js';
import { toast } from '/parts/toast.js';

function Field({ node, refused, done }) {
    const [busy, setBusy] = useState(false);
    const label = describe(refused.field).label;
    const reset = async () => {
        setBusy(true);
        try {
            await api.resetField(node.node_id, refused.field);
            toast({ tone: 'good', text: `${label} takes the type of its next value` });
            done();
        } catch (failure) {
            toast({ tone: 'bad', text: failure.detail ?? failure.title ?? `${label} could not be reset` });
        }
        setBusy(false);
    };
    return html`
        <li>
            <p>
                <strong>${label}</strong>: ${refused.reason} ${refused.count === 1 ? 'Once' : `${refused.count} times`},
                ${' '}last <${Age} at=${instant(refused.at)} open label=${`Refused for ${label}`} />
            </p>
            ${session.may('nodes.command') && html`
                <p><button type="button" class="button small" disabled=${busy} onClick=${reset}>Reset ${label}</button></p>`}
        </li>`;
}

/** Nothing while every field gets what it holds. */
export function Refused({ node, done }) {
    const list = node.refused_fields ?? [];
    if (list.length === 0) return null;
    return html`
        <section class="card" aria-labelledby="refused-name">
            <h2 id="refused-name">Values not taken</h2>
            <ul role="list">${list.map((refused) => html`
                <${Field} key=${refused.field} node=${node} refused=${refused} done=${done} />`)}</ul>
        </section>`;
}

import { html, useEffect, useRef } from '/lib/html.js';
import { describe } from '/lib/fields.js';
import { number } from '/lib/format.js';
import { navigate, withQuery } from '/app/router.js';
import { fieldsText } from '/nodes/columns.js';
import { t } from '/nodes/words.js';
import { Icon } from '/parts/icons.js';

/** Two fields may have one label (`light` and `lux`): then the name stands beside it. */
function labelOf(field, fields) {
    const { label } = describe(field);
    const twin = fields.some((other) => other !== field && describe(other).label === label);
    return twin ? `${label} (${field})` : label;
}

/** Which fields have a column: a list to tick, behind a button. The choice goes into the address. */
export function ColumnPicker({ counts, fields }) {
    const box = useRef(null);
    useEffect(() => {
        const away = (event) => { if (!box.current?.contains(event.target)) box.current.open = false; };
        document.addEventListener('pointerdown', away);
        return () => document.removeEventListener('pointerdown', away);
    }, []);
    const all = [...counts.keys()];
    const go = (wanted) => navigate(withQuery({ fields: wanted && fieldsText(wanted) }), { replace: true });
    const toggle = (field) =>
        go(all.filter((each) => (each === field ? !fields.includes(each) : fields.includes(each))));
    const escape = (event) => {
        if (event.key !== 'Escape' || !box.current.open) return;
        box.current.open = false;
        box.current.querySelector('summary').focus();
    };
    return html`
        <details class="column-picker" ref=${box} onKeyDown=${escape}>
            <summary class="button"><${Icon} name="table" />${t('columns')} <span
                class="amount">${t('of', { shown: fields.length, all: all.length })}</span></summary>
            <fieldset class="card">
                <legend class="unseen">${t('columns.choose')}</legend>
                ${all.map((field) => html`
                    <label class="check" key=${field}>
                        <input type="checkbox" checked=${fields.includes(field)}
                            disabled=${fields.length === 1 && fields[0] === field} onChange=${() => toggle(field)} />
                        <span>${labelOf(field, all)} <span class="amount"
                            title=${t('ofNodes',
                            { nodes: t('nodes', { count: counts.get(field) }) })}>${number(counts.get(field),
                            0)}</span></span>
                    </label>`)}
                <p class="actions">
                    <button type="button" class="button small" onClick=${() => go(all)}>${t('all')}</button>
                    <button type="button" class="button small" onClick=${() => go(null)}>${t('columns.usual')}</button>
                </p>
            </fieldset>
        </details>`;
}

import { html } from '/lib/html.js';
import { number } from '/lib/format.js';
import { navigate, withQuery } from '/app/router.js';
import { describe } from '/lib/fields.js';
import { ColumnPicker } from '/nodes/column-picker.js';
import { states } from '/nodes/model.js';
import { t } from '/nodes/words.js';
import { Glyph, Icon } from '/parts/icons.js';
import { Pick, Search } from '/parts/search.js';
import { LinkChoice } from '/parts/tabs.js';

/** A field's name within a sentence; CO₂ stays as it is. */
const lower = (field) => {
    const { label } = describe(field);
    return /^[A-Z][a-z]/.test(label) ? label.toLowerCase() : label;
};
const amount = (count) => html`<span class="amount">${number(count, 0)}</span>`;

/** Panels or a table. */
export function ViewChoice({ view }) {
    return html`
        <${LinkChoice} label=${t('showAs')} name="view" value=${view}
            options=${[['panels', html`<${Icon} name="panels" label=${t('panels')} />`], ['table', html`
                <${Icon} name="table" label=${t('table')} />`]]} />`;
}

/** Filter and order of many nodes. Everything goes into the address. */
export function Toolbar({ choices, counts, total, fields, allFields }) {
    const set = (changes) => navigate(withQuery(changes), { replace: true });
    const sort = `${choices.sort.down ? '-' : ''}${choices.sort.key}`;
    // The usual order needs no entry in the address.
    const sortKey = sort === 'name' ? '' : sort;
    const orders = [['', t('sort.name')], ['state', t('sort.state')], ['-seen', t('sort.heard')],
        ['seen', t('sort.silent')], ['signal', t('sort.signal')],
        ...fields.flatMap((field) => [
            [`-${field}`, t('highestOf', { field: lower(field) })], [field, t('lowestOf', { field: lower(field) })]])];
    if (!orders.some(([key]) => key === sortKey)) {
        orders.push([sortKey, t(choices.sort.down ? 'highestOf' : 'lowestOf', { field: lower(choices.sort.key) })]);
    }
    const stateLink = (state) => [state, html`
        <${Glyph} tone=${states[state].tone} />
        ${states[state].word}`, amount(counts[state])];
    return html`
        <search class="toolbar">
            <${Search} label=${t('filter.label')} placeholder=${t('filter')} value=${choices.q} />
            <${LinkChoice} label=${t('state')} name="state" value=${choices.state}
                options=${[[null, t('all'), amount(total)],
                    ...['online', 'asleep', 'offline',
                    'unknown'].filter((state) => state !== 'asleep' || counts.asleep > 0
                    || choices.state === 'asleep').map(stateLink)]} />
            <${Pick} label=${t('sort')} name="sort" value=${sortKey} options=${orders} />
            <label class="check">
                <input type="checkbox" checked=${choices.group === 'state'}
                    onChange=${({ target }) => set({ group: target.checked ? 'state' : null })} />
                <span>${t('sort.grouped')}</span>
            </label>
            ${allFields !== null && allFields.size > 1 && html`<${ColumnPicker} counts=${allFields}
                fields=${fields} />`}
        </search>`;
}

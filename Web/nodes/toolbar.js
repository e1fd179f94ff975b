import { html, useEffect, useRef } from '/lib/html.js';
import { number } from '/lib/format.js';
import { navigate, withQuery } from '/app/router.js';
import { describe } from '/lib/fields.js';
import { ColumnPicker } from '/nodes/column-picker.js';
import { states } from '/nodes/model.js';
import { t } from '/nodes/words.js';
import { useId } from '/parts/form.js';
import { Glyph, Icon } from '/parts/icons.js';
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
    const id = useId('toolbar');
    const box = useRef(null);
    // The box is the reader's while they type; the address follows a moment later.
    const timer = useRef(null);
    useEffect(() => { if (document.activeElement !== box.current) box.current.value = choices.q; }, [choices.q]);
    useEffect(() => () => clearTimeout(timer.current), []);
    const type = (event) => {
        const text = event.target.value;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => navigate(withQuery({ q: text.trim() }), { replace: true }), 150);
    };
    const escape = (event) => {
        if (event.key !== 'Escape' || event.target.value === '') return;
        event.target.value = '';
        type(event);
    };
    const set = (changes) => navigate(withQuery(changes), { replace: true });
    const sortKey = `${choices.sort.down ? '-' : ''}${choices.sort.key}`;
    const orders = [['name', t('sort.name')], ['state', t('sort.state')], ['-seen', t('sort.heard')],
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
            <div class="search-box">
                <${Icon} name="search" />
                <label class="unseen" for=${`${id}-q`}>${t('filter.label')}</label>
                <input ref=${box} id=${`${id}-q`} type="search" placeholder=${t('filter')} autocomplete="off"
                    spellcheck="false" onInput=${type} onKeyDown=${escape} />
            </div>
            <${LinkChoice} label=${t('state')} name="state" value=${choices.state}
                options=${[[null, t('all'), amount(total)],
                    ...['online', 'asleep', 'offline',
                    'unknown'].filter((state) => state !== 'asleep' || counts.asleep > 0
                    || choices.state === 'asleep').map(stateLink)]} />
            <div class="select-box">
                <label class="unseen" for=${`${id}-sort`}>${t('sort')}</label>
                <select id=${`${id}-sort`} value=${sortKey}
                    onChange=${({ target }) => set({ sort: target.value === 'name' ? null : target.value })}>
                    ${orders.map(([key, word]) => html`
                        <option key=${key} value=${key} selected=${key === sortKey}>${word}</option>`)}
                </select>
                <${Icon} name="down" />
            </div>
            <label class="check">
                <input type="checkbox" checked=${choices.group === 'state'}
                    onChange=${({ target }) => set({ group: target.checked ? 'state' : null })} />
                <span>${t('sort.grouped')}</span>
            </label>
            ${allFields !== null && allFields.size > 1 && html`<${ColumnPicker} counts=${allFields}
                fields=${fields} />`}
        </search>`;
}

// Many nodes as a table: the same facts as the panels, a row a node.

import { html } from '/lib/html.js';
import { describe, quantity, sortFields } from '/lib/fields.js';
import { isStale } from '/lib/silence.js';
import { instant, now } from '/lib/time.js';
import { withQuery } from '/app/router.js';
import { fieldsText, leftOut } from '/nodes/columns.js';
import { isWell, nodeAddress, stateOf, states } from '/nodes/model.js';
import { t } from '/nodes/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Signal } from '/parts/signal.js';
import { Table } from '/parts/table.js';
import { Value } from '/parts/value.js';

/**
 * So many fields of a node are in the second line of its row on a phone, after the one with a column; rows of a long
 * table are all as high.
 */
const onPhone = (isLong) => (isLong ? 1 : 4);

function fieldCell(node, field) {
    const entry = node.latest?.[field];
    if (!entry) return html`<span class="absent">–</span>`;
    const stale = !isWell(stateOf(node, now()).state) || isStale(node, entry.observed_at, now());
    return html`<${Value} field=${field} raw=${entry.value} stale=${stale} />`;
}

/** A field of a node in words: "Humidity 46.0 %". */
const fieldWords = (node, field) => node.latest?.[field]
    && `${describe(field).label} ${quantity(field, node.latest[field].value)}`;

/** How many fields of a node have no column; the link gives them one. */
function More({ node, fields }) {
    const rest = leftOut(node, fields);
    if (rest.length === 0) return null;
    const words = rest.map((field) => describe(field).label).join(', ');
    return html`
        <a class="more-fields" data-replace href=${withQuery({ fields: fieldsText(sortFields([...fields, ...rest])) })}
            title=${rest.map((field) => fieldWords(node, field)).join(', ')}
            aria-label=${t('fields.of', { fields: t('fields.more', { count: rest.length }), node: node.node_id,
                words })}>+${rest.length}</a>`;
}

/** @param hasMore whether some node on the page has a field that has no column */
export function NodeTable({ nodes, fields, sort, hasMore }) {
    const isLong = nodes.length > 60;
    const shown = fields.slice(0, onPhone(isLong));
    /** What a phone's row says of the fields that it does not show. */
    const unsaid = (node) => { const rest = leftOut(node, shown).length; return rest > 0 && html`<a
        href=${nodeAddress(node)}>${t('fields.more', { count: rest })}</a>`; };
    const columns = [
        { key: 'name', label: t('node'), head: true, sort: true, cell: (node) => html`
            <a href=${nodeAddress(node)}>${node.node_id}</a>` },
        { key: 'state', label: t('state'), sort: true, cell: (node) => {
            const { state, since } = stateOf(node, now());
            return html`
                <${Badge} tone=${states[state].tone} word=${states[state].word}
                    since=${state === 'online' ? null : since} quiet />`;
        } },
        ...fields.map((field, index) => ({
            key: field, label: describe(field).label, align: 'end', sort: true, cell: (node) => fieldCell(node, field),
            ...(index === 0 ? {} : { phone: shown.includes(field) ? (node) => node.latest?.[field]
                && html`${describe(field).label} ${fieldCell(node, field)}` : 'none' }),
        })),
        ...(hasMore ? [{
            key: 'more', label: html`${t('more')}<span class="unseen"> ${t('fields')}</span>`, phone: 'none',
                cell: (node) => html`<${More} node=${node} fields=${fields} />`,
        }] : []),
        { key: 'signal', label: t('signal'), sort: true, align: 'end', cell: (node) => html`
            <${Signal} rssi=${node.wifi_rssi} compact />` },
        { key: 'seen', label: t('heardOf'), sort: true, align: 'end', phone: unsaid, cell: (node) => html`
            <${Age} at=${instant(node.last_seen)} />` },
    ];
    return html`
        <${Table} caption=${t('nodes.title')} columns=${columns} rows=${nodes}
            rowKey=${(node) => node.node_id} sort=${sort}
            long=${isLong} />`;
}

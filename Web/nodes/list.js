// Many nodes as a table: the same facts as the panels, a row a node.

import { html } from '/lib/html.js';
import { describe, sortFields } from '/lib/fields.js';
import { instant, now } from '/lib/time.js';
import { isStale, readingFields, stateOf, states } from '/nodes/model.js';
import { nodeAddress } from '/nodes/panel.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Signal } from '/parts/signal.js';
import { Table } from '/parts/table.js';
import { Value } from '/parts/value.js';

const mostFields = 4;

/** The fields that most nodes have: they become the columns. */
export function commonFields(nodes) {
    const counts = new Map();
    for (const node of nodes) for (const field of readingFields(node)) counts.set(field, (counts.get(field) ?? 0) + 1);
    const usual = [...counts].sort((a, b) => b[1] - a[1]).slice(0, mostFields).map(([field]) => field);
    return sortFields(usual);
}

function fieldCell(node, field) {
    const entry = node.latest?.[field];
    if (!entry) return html`<span class="absent">–</span>`;
    const stale = stateOf(node, now()).state !== 'online' || isStale(node, entry.observed_at, now());
    return html`<${Value} field=${field} raw=${entry.value} stale=${stale} />`;
}

export function NodeTable({ nodes, fields, sort }) {
    const columns = [
        { key: 'name', label: 'Node', head: true, sort: true, cell: (node) => html`
            <a href=${nodeAddress(node)}>${node.node_id}</a>` },
        { key: 'state', label: 'State', sort: true, cell: (node) => {
            const { state, since } = stateOf(node, now());
            return html`
                <${Badge} tone=${states[state].tone} word=${states[state].word}
                    since=${state === 'online' ? null : since} quiet />`;
        } },
        ...fields.map((field) => ({
            key: field, label: describe(field).label, align: 'end', sort: true, cell: (node) => fieldCell(node, field),
        })),
        { key: 'signal', label: 'Signal', sort: true, align: 'end', cell: (node) => html`
            <${Signal} rssi=${node.wifi_rssi} compact />` },
        { key: 'seen', label: 'Heard of', sort: true, align: 'end', cell: (node) => html`
            <${Age} at=${instant(node.last_seen)} />` },
    ];
    return html`
        <${Table} caption="Nodes" columns=${columns} rows=${nodes} rowKey=${(node) => node.node_id} sort=${sort}
            long=${nodes.length > 60} />`;
}

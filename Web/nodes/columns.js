// Which fields the table of nodes has columns for: those in the address, else those that most nodes have. What has no
// column is counted, row by row.

import { sortFields } from '/lib/fields.js';
import { readingFields } from '/nodes/fields.js';

/** Columns without a choice in the address: one less where the navigation leaves no room for more. */
const narrow = matchMedia('(min-width: 801px) and (max-width: 1100px)');
const usualColumns = () => (narrow.matches ? 3 : 4);

/** All fields of the nodes, in the order people ask for them, each with how many nodes have it. */
export function fieldCounts(nodes) {
    const counts = new Map();
    for (const node of nodes) for (const field of readingFields(node)) counts.set(field, (counts.get(field) ?? 0) + 1);
    return new Map(sortFields([...counts.keys()]).map((field) => [field, counts.get(field)]));
}

/** The fields that most nodes have. */
export function commonFields(counts) {
    const rank = [...counts.keys()];
    const usual = [...counts].sort((a, b) => b[1] - a[1] || rank.indexOf(a[0]) - rank.indexOf(b[0])).slice(0,
        usualColumns()).map(([field]) => field);
    return sortFields(usual);
}

/** `fields` of an address: names with commas between, each as in a query. */
export const fieldsText = (fields) => fields.map((field) => encodeURIComponent(field)).join(',');

/** The columns that an address asks for, of the fields that there are; null if it asks for none. */
export function fieldsOf(query, counts) {
    const text = query.get('fields');
    if (text === null) return null;
    const wanted = new Set(text.split(',').map((part) =>
        { try { return decodeURIComponent(part); } catch { return part; } }));
    const found = [...counts.keys()].filter((field) => wanted.has(field));
    return found.length > 0 ? found : null;
}

/** A node's fields that have no column. */
export function leftOut(node, fields) {
    const shown = new Set(fields);
    return readingFields(node).filter((field) => !shown.has(field));
}

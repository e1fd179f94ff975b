// Which fields of a node are shown, and in what order. Apart from the model: the front page needs no fields.

import { sortFields, health } from '/lib/fields.js';

/** Names of the fields that a panel shows, in the order people ask for them; those about the node itself left out. */
export function readingFields(node) {
    return sortFields(Object.keys(node.latest ?? {}).filter((name) => !health.has(name)));
}

/** All fields of a node: readings first, then health; uptime last, it is a saw blade. */
export function chartFields(node) {
    const names = sortFields(new Set([...(node.fields ?? []), ...Object.keys(node.latest ?? {})]));
    return [...names.filter((name) => name !== 'uptime'), ...names.filter((name) => name === 'uptime')];
}

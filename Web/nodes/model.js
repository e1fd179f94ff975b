// A node as the pages see it: pure functions from what the server said and the present time to what is shown.

import { byText, duration } from '/lib/format.js';
import { stateAt } from '/lib/silence.js';
import { instant } from '/lib/time.js';
import { t } from '/nodes/words.js';

/** The states of a node: the word, what it means, and which of the state colours it has. */
export const states = {
    online: { word: t('online'), tone: 'good', says: t('state.online') },
    asleep: { word: t('asleep'), tone: 'good', says: t('state.asleep') },
    offline: { word: t('offline'), tone: 'bad', says: t('state.offline') },
    unknown: { word: t('unknown'), tone: 'unknown', says: t('state.unknown') },
};

/** Most urgent first. */
export const stateOrder = ['offline', 'unknown', 'asleep', 'online'];

/** Whether a node in this state is as it should be: its last values are still those of now. */
export const isWell = (state) => state === 'online' || state === 'asleep';

/**
 * State and since when (milliseconds), as it is at `present`. A node that the server last called online or asleep
 * becomes unknown here by itself.
 */
export const stateOf = (node, present) => stateAt(node, present,
    { known: (state) => states[state] !== undefined, isHeard: isWell });

/**
 * Words in the place of a value that say that there is none: those of the hub
 * (Sources/HubModel/Readings/Quantity.swift).
 */
const noValue = /^(-{0,2}|[+-]?(nan|inf|infinity)|unavailable|unknown|none|null|nil|n\/?a|undefined)$/i;

/** Whether a value is none and leaves what is held; among texts such a word is a text like others. */
function isNone(value, held) {
    if (value === null || value === undefined) return true;
    return typeof value === 'string' && held !== undefined && typeof held !== 'string' && noValue.test(value.trim());
}

/** The latest values with others laid over them, wherever they are values. */
export function withLatest(held, others, isNewer = () => true) {
    const latest = { ...held };
    for (const [name, entry] of Object.entries(others ?? {})) {
        if (!latest[name] || (!isNone(entry.value, latest[name].value)
            && isNewer(entry, latest[name]))) latest[name] = entry;
    }
    return latest;
}

/**
 * The node after a telemetry event. News replaces what is held, whatever time its clock says: the hub has judged
 * that. What is late does so only where it is newer.
 */
export function afterTelemetry(node, data) {
    const at = instant(data.observed_at);
    const said = Object.entries(data.values ?? {}).filter(([, value]) => value !== null)
        .map(([name, value]) => [name, { value, observed_at: data.observed_at }]);
    const latest = withLatest(node.latest, Object.fromEntries(said),
        (_, held) => data.late === false || instant(held.observed_at) <= at);
    const received = data.received_at ?? data.observed_at;
    const newer = instant(received) >= (instant(node.last_seen) ?? 0);
    const values = data.values ?? {};
    return {
        ...node,
        latest,
        last_seen: newer ? received : node.last_seen,
        wifi_rssi: newer && typeof values.wifi_rssi === 'number' ? values.wifi_rssi : node.wifi_rssi,
        uptime_seconds: newer && typeof values.uptime === 'number' ? values.uptime : node.uptime_seconds,
    };
}

/** The node after a state event, which carries everything but the latest values. */
export function afterState(node, data) {
    const seen = (instant(data.last_seen) ?? 0) >= (instant(node?.last_seen) ?? 0) ? data.last_seen : node.last_seen;
    return { ...node, ...data, latest: node?.latest ?? {}, last_seen: seen ?? null };
}

/** What events say of a node of which nothing else is known; events are laid over it like over a node. */
export const unheardOf = { latest: {} };

/**
 * An answer's node with what events said since it was asked for. One that is older than the answer is followed by a
 * newer one.
 */
export function withEvents(node, said = unheardOf) {
    const latest = withLatest(node.latest, said.latest,
        (entry, held) => instant(held.observed_at) <= instant(entry.observed_at));
    const isNewer = (instant(said.last_seen) ?? 0) >= (instant(node.last_seen) ?? 0);
    return {
        ...node,
        // A state event says everything; telemetry alone only what it carries.
        ...(said.node_id ? said : {}),
        latest,
        last_seen: isNewer ? said.last_seen ?? node.last_seen : node.last_seen,
        wifi_rssi: said.wifi_rssi ?? node.wifi_rssi,
        uptime_seconds: said.uptime_seconds ?? node.uptime_seconds,
    };
}

/** Seconds the node has been up, counted on from what it last said; null when it never said. */
export function uptimeNow(node, present) {
    if (node.uptime_seconds === null || node.uptime_seconds === undefined) return null;
    const said = instant(node.latest?.uptime?.observed_at) ?? instant(node.last_seen) ?? present;
    const running = stateOf(node, present).state === 'online';
    return node.uptime_seconds + (running ? Math.max(0, (present - said) / 1000) : 0);
}

/** When a node that is asleep is expected again, in words; nothing where that cannot be told. */
export function expected(node, present) {
    const at = instant(node.next_expected);
    if (at === null) return null;
    const left = Math.round((at - present) / 1000);
    return left > 0 ? t('expected.in', { left: duration(left) }) : t('expected.now');
}

/** Count of nodes in each state. */
export function tally(nodes, present) {
    const counts = { online: 0, asleep: 0, offline: 0, unknown: 0 };
    for (const node of nodes) counts[stateOf(node, present).state] += 1;
    return counts;
}

/** What is wrong, in one sentence. */
export function verdict(counts, total) {
    const words = (state) => t('counted', { count: counts[state], state: t(`count.${state}`) });
    const bad = ['offline', 'unknown'].filter((state) => counts[state] > 0).map(words);
    if (bad.length === 0 && counts.asleep === 0) return t('count.allOnline', { count: total });
    if (bad.length === 0 && counts.online === 0) return t('count.allAsleep', { count: total });
    const well = [t('onlineOf', { online: counts.online, nodes: t('nodes', { count: total }) }),
        counts.asleep > 0 && words('asleep')];
    return t('sentence', { words: [well.filter(Boolean).join(', '), bad.join(', ')].filter(Boolean).join('; ') });
}

export const nodeAddress = (node) => `/nodes/${encodeURIComponent(node.node_id)}`;

export const byName = (a, b) => byText(a.node_id, b.node_id);

// A command's way from the page to the node and back, as pure functions.

import { instant } from '/lib/time.js';

const way = ['queued', 'sent', 'delivered', 'done'];

/** What each state means, in words for the person who pressed the button. */
export const commandWords = {
    queued: ['Queued', 'busy', 'waits until the node is there'],
    sent: ['Sent', 'busy', 'passed on to the node'],
    delivered: ['Delivered', 'busy', 'the node has it; it has not answered yet'],
    done: ['Done', 'good', 'the node said it is done'],
    failed: ['Failed', 'bad', 'the node said it failed'],
    timed_out: ['No answer', 'warn', 'the node did not answer in time'],
    expired: ['Expired', 'warn', 'it could not be delivered in time'],
};

export const isOpen = (command) => ['queued', 'sent', 'delivered'].includes(command.state);
export const isFailed = (command) => ['failed', 'timed_out', 'expired'].includes(command.state);

/**
 * The steps to draw: {state, at, mark}, where mark is past, now, ahead or broken. A command that ended badly shows
 * where it got to, then its end in place of the steps it never reached.
 */
export function stepsOf(command) {
    const times = new Map((command.history ?? []).map((entry) => [entry.state, instant(entry.at)]));
    if (isFailed(command)) {
        const reached = way.filter((state) => times.has(state) && state !== 'done');
        const past = (reached.length > 0 ? reached : ['queued'])
            .map((state) => ({ state, at: times.get(state) ?? null, mark: 'past' }));
        const end = times.get(command.state) ?? instant(command.updated_at);
        return [...past, { state: command.state, at: end, mark: 'broken' }];
    }
    const position = way.indexOf(command.state);
    const mark = (state, index) => {
        if (index < position || command.state === 'done') return 'past';
        return index === position ? 'now' : 'ahead';
    };
    return way.map((state, index) => ({ state, at: times.get(state) ?? null, mark: mark(state, index) }));
}

/** The list with one command put in or changed; an older state does not replace a newer one. Newest first. */
export function withCommand(list, command) {
    const held = list.find((each) => each.command_id === command.command_id);
    if (held && instant(held.updated_at) > instant(command.updated_at)) return list;
    const rest = list.filter((each) => each.command_id !== command.command_id);
    return [...rest, command].sort((a, b) => instant(b.created_at) - instant(a.created_at));
}

/**
 * Reads the parameters a person typed: {value} or {error}. Empty is no parameters; anything but an object is refused.
 */
export function readParams(text) {
    if (text.trim() === '') return { value: {} };
    let value;
    try { value = JSON.parse(text); } catch (error) {
        return { error: `This is not JSON: ${String(error.message).replace(/^JSON\.parse: /, '')}` };
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        return { error: 'Parameters are a JSON object, such as {"state":"on"}.' };
    }
    return { value };
}

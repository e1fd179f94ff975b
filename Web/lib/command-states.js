// How far a command has come: pure functions, which a page that only shows commands needs alone.

import { instant } from '/lib/time.js';

const way = ['queued', 'sent', 'delivered', 'done'];

/** Which of the state colours each state has. */
export const commandTones = { queued: 'busy', sent: 'busy', delivered: 'busy', done: 'good', failed: 'bad',
    timed_out: 'warn', expired: 'warn' };

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

/** What is newer of what is held of a command and what was said of it; either may be nothing. */
export const newer = (held, said) => (!said || (held && instant(held.updated_at) > instant(said.updated_at)) ? held
    : said);

/** Commands, the newest first. */
export const inOrder = (list) => [...list].sort((a, b) => instant(b.created_at) - instant(a.created_at));

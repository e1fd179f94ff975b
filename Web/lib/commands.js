// Commands to devices of any kind (docs/commands.md): what a kind understands, as the catalogue declares it, how one is
// given, and how far it has come.

import { address, ask } from '/lib/api.js';
import { catalogue } from '/lib/catalogue.js';
import { useFollowed } from '/lib/follow.js';
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

/** What a form for a declared command begins with. */
export const beginOf = ({ parameters }) => Object.fromEntries(parameters.map(({ id, choice, whole }) =>
    [id, choice ? choice[0].id : whole.standard]));

/** Whether a parameter is asked for, beside what was chosen for the others. */
export const isAsked = ({ only }, held) => !only || held[only.parameter] === only.is;

/** The parameters that are sent with a declared command. */
export const paramsOf = ({ parameters }, held) => Object.fromEntries(parameters.filter((each) => isAsked(each, held))
    .map(({ id }) => [id, held[id]]));

/** How devices of a kind take commands: {see, give, live_topic, takes_others, commands}; null if they take none. */
export const formOf = (kind) => catalogue.commands.get(kind) ?? null;

/** Where the commands of a device are, of whatever kind. */
export const commandsPath = (id) => `/api/devices/${encodeURIComponent(id)}/commands`;

/** A name that no other request has. (randomUUID is there on encrypted pages only.) */
const requestName = () => Array.from(crypto.getRandomValues(new Uint8Array(16)),
    (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The names of requests that no answer came to: when a person sends the same again, it is the same request. */
const unanswered = new Map();

/**
 * Gives a command: `body` is {command, params}. The answer is the command as it is at first. When no answer comes, it may
 * be the answer that got lost: the request is sent once more under its name, by which the hub knows it and asks the
 * device once.
 */
export async function giveCommand(path, body) {
    const wanted = `${path} ${JSON.stringify(body)}`;
    const name = unanswered.get(wanted) ?? requestName();
    unanswered.set(wanted, name);
    const request = { body: { ...body, request_id: name } };
    const isLost = (error) => ['unreachable', 'timeout'].includes(error.code);
    const answered = (error) => { if (!isLost(error)) unanswered.delete(wanted); throw error; };
    const command = await ask('POST', path, request)
        .catch((error) => (isLost(error) ? ask('POST', path, request) : Promise.reject(error))).catch(answered);
    unanswered.delete(wanted);
    return command;
}

/**
 * The commands of a device, kept up to date: {commands, error, sent, reload}; the newest first, null before they are
 * known. `failed` is told of one that was open and has failed.
 */
export function useCommands({ id, kind, path = commandsPath(id), failed }) {
    const topic = formOf(kind)?.live_topic?.replace('{id}', id);
    const store = useFollowed(path, () => ({
        topics: topic ? [topic] : [],
        load: (options) => ask('GET', address(path, { limit: 50 }), options),
        records: ({ commands }) => commands,
        keyOf: (command) => command.command_id,
        key: ({ data }) => data.command_id,
        apply: (command, { data }) => newer(command, data),
        lay: newer,
        isWhole: () => true,
        heard: ({ data }, before) => { if (before && isOpen(before) && data.state === 'failed') failed(data); },
        drawEvery: 0,
    }));
    const { list, loaded, error } = store;
    return {
        commands: loaded || list.length > 0 ? inOrder(list) : null, error,
        sent: (command) => store.put(newer(store.records.get(command.command_id), command)),
        reload: () => store.load(),
    };
}

// Commands to devices of any kind (docs/commands.md): what a kind understands, as the catalogue declares it, and how
// one is given. How far one has come is in `command-states.js`.

import { address, ask } from '/lib/api.js';
import { catalogue } from '/lib/catalogue.js';
import { inOrder, isOpen, newer } from '/lib/command-states.js';
import { useFollowed } from '/lib/follow.js';
import { useRef } from '/lib/html.js';
import { readPages } from '/lib/pages.js';

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
 * Gives a command: `body` is {command, params}. The answer is the command as it is at first. When no answer comes, it
 * may be the answer that got lost: the request is sent once more under its name, by which the hub knows it and asks
 * the device once.
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
 * The commands of a device, kept up to date: {commands, error, sent, reload, more, loading}; the newest first, null
 * before they are known. `more` asks for a page of older ones, and is null when there is none. `failed` is told of one
 * that was open and has failed.
 */
export function useCommands({ id, kind, path = commandsPath(id), failed }) {
    const topic = formOf(kind)?.live_topic?.replace('{id}', id);
    const held = useRef(null);
    const store = useFollowed(path, () => ({
        topics: topic ? [topic] : [],
        load: (options) => readPages(held.current.pages, 'commands',
            (query) => ask('GET', address(path, query), options)),
        records: ({ rows }) => rows,
        answered: ({ next }) => { held.current.next = next; },
        keyOf: (command) => command.command_id,
        key: ({ data }) => data.command_id,
        apply: (command, { data }) => newer(command, data),
        lay: newer,
        isWhole: () => true,
        heard: ({ data }, before) => { if (before && isOpen(before) && data.state === 'failed') failed(data); },
        drawEvery: 0,
    }));
    // Of this list: another path begins with its first page.
    if (held.current?.store !== store) held.current = { store, pages: 1, next: null };
    const { list, loaded, error } = store;
    const more = () => {
        held.current.pages += 1;
        store.load();
        store.changed(true);
    };
    return {
        commands: loaded || list.length > 0 ? inOrder(list) : null, error,
        sent: (command) => store.put(newer(store.records.get(command.command_id), command)),
        reload: () => store.load(),
        more: held.current.next === null ? null : more, loading: store.isLoading,
    };
}

// The commands of a device: a form for a new one, and each of them with how far it has come.

import { html, useState } from '/lib/html.js';
import { commandTones, stepsOf } from '/lib/command-states.js';
import { commandsPath, formOf, useCommands } from '/lib/commands.js';
import { exact } from '/lib/format.js';
import { session } from '/lib/session.js';
import { instant } from '/lib/time.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { CommandForm } from '/parts/command-form.js';
import { commandWord, t } from '/parts/command-words.js';
import { Dialog } from '/parts/dialog.js';
import { More } from '/parts/more.js';
import { Problem } from '/parts/problem.js';
import { Steps } from '/parts/progress.js';
import { Skeleton } from '/parts/skeleton.js';
import { toast } from '/parts/toast.js';

const shownFirst = 6;

/** Parameters on one line: state on, brightness 128. */
export function paramsText(params) {
    const entries = Object.entries(params ?? {});
    const text = (value) => (typeof value === 'object' ? JSON.stringify(value) : value);
    return entries.map(([name, value]) => `${name} ${text(value)}`).join(', ');
}

/** What a state means, in words that fit all devices. */
const standardWords = (state) => t(`says.${state}`);

function Details({ command, says, answer, close }) {
    const block = (value) => html`<pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`;
    return html`
        <${Dialog} title=${command.command} open=${true} close=${close}>
            <dl class="facts">
                <div>
                    <dt>${t('state')}</dt>
                    <dd>${t('state.says', { word: commandWord(command.state), says: says(command.state) })}</dd>
                </div>
                <div><dt>Id</dt><dd><code>${command.command_id}</code></dd></div>
                ${(command.history ?? []).map((entry) => html`
                    <div key=${entry.state}>
                        <dt>${commandWord(entry.state)}</dt>
                        <dd>${exact(instant(entry.at))}</dd>
                    </div>`)}
                ${command.expires_at && command.state === 'queued' && html`
                    <div><dt>${t('until')}</dt><dd>${exact(instant(command.expires_at))}</dd></div>`}
            </dl>
            <h3>${t('parameters')}</h3>
            ${block(command.params)}
            ${command.result !== null && command.result !== undefined && html`
                <h3>${answer}</h3>
                ${block(command.result)}`}
            ${command.error && html`<h3>${t('error')}</h3><p>${command.error}</p>`}
        <//>`;
}

function Entry({ command, says, open }) {
    const tone = commandTones[command.state];
    const text = paramsText(command.params);
    const steps = stepsOf(command).map((step) => ({ ...step, word: commandWord(step.state), says: says(step.state) }));
    return html`
        <li class="command" data-tone=${tone}>
            <div class="command-head">
                <button type="button" class="link" onClick=${open} aria-haspopup="dialog">
                    <code>${command.command}</code>
                    <span class="unseen"> ${t('details')}</span>
                </button>
                <${Badge} tone=${tone} word=${commandWord(command.state)} title=${says(command.state)} quiet />
            </div>
            <p class="command-params">${text || t('parameters.none')} · <${Age}
                at=${instant(command.created_at)} /></p>
            <${Steps} steps=${steps} label=${t('progress', { command: command.command })} />
            ${command.error && html`<p class="command-error">${command.error}</p>`}
        </li>`;
}

function tellFailure({ command, error }) {
    toast({ tone: 'bad', text: t(error ? 'fault.reason' : 'fault', { command, reason: error }) });
}

function Card({ id, kind, site, form, path, waits, says, none, answer }) {
    const { commands, error, sent, reload, more, loading } = useCommands({ id, kind, path, failed: tellFailure });
    const [all, showAll] = useState(false);
    const [open, setOpen] = useState(null);
    const list = commands ?? [];
    const shown = all ? list : list.slice(0, shownFirst);
    const detailed = list.find((command) => command.command_id === open);
    return html`
        <section class="card commands" id="commands" aria-labelledby="commands-name">
            <h2 id="commands-name">${t('commands')}</h2>
            ${session.may(form.give, site)
                ? html`<${CommandForm} form=${form} path=${path} sent=${sent} waits=${waits} />`
                : html`<p class="hint">${t('needs', { right: html`<code>${form.give}</code>` })}</p>`}
            <h3 class="commands-list-name">${t('became')}</h3>
            ${error && html`
                <${Problem} error=${error} title=${t('unread')} retry=${reload} small level="h4" />`}
            ${commands === null && !error && html`<${Skeleton} shape="row" count=${3} label=${t('loading')} />`}
            ${commands !== null && list.length === 0 && html`<p class="hint">${none}</p>`}
            <ol class="command-list" role="list">${shown.map((command) => html`
                <${Entry} key=${command.command_id} command=${command} says=${says}
                    open=${() => setOpen(command.command_id)} />`)}</ol>
            ${list.length > shown.length && html`
                <p>
                    <button type="button" class="button small" onClick=${() => showAll(true)}>
                        ${t('older', { count: list.length - shown.length })}
                    </button>
                </p>`}
            ${list.length === shown.length && html`
                <${More} more=${more} loading=${loading} word=${t('more')} small />`}
            ${detailed && html`<${Details} command=${detailed} says=${says} answer=${answer}
                close=${() => setOpen(null)} />`}
        </section>`;
}

/**
 * A card with a device's commands. Nothing where its kind takes none.
 * @param id, kind, site the device; @param path where its commands are, if the solution has an address of its own
 * @param waits what to know before one is sent (`CommandForm`)
 * @param says(state) what a state means, and @param none, answer other words, where those for all devices do not do
 */
export function Commands({ id, kind, path = commandsPath(id), waits = null, says = standardWords, none = t('none'),
    answer = t('answer'), ...rest }) {
    const form = formOf(kind);
    return form && html`<${Card} key=${path} id=${id} kind=${kind} form=${form} path=${path} waits=${waits} says=${says}
        none=${none} answer=${answer} ...${rest} />`;
}

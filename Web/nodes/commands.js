// The commands of a node, each with how far it has come.

import { html, useState } from '/lib/html.js';
import { exact } from '/lib/format.js';
import { session } from '/lib/session.js';
import { instant } from '/lib/time.js';
import { t } from '/nodes/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Dialog } from '/parts/dialog.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Steps } from '/parts/progress.js';
import { CommandForm } from '/nodes/command-form.js';
import { commandWords, stepsOf } from '/nodes/command-model.js';

const shownFirst = 6;

/** Parameters on one line: state on, brightness 128. */
export function paramsText(params) {
    const entries = Object.entries(params ?? {});
    const text = (value) => (typeof value === 'object' ? JSON.stringify(value) : value);
    return entries.map(([name, value]) => `${name} ${text(value)}`).join(', ');
}

const drawnSteps = (command) => stepsOf(command).map((step) => {
    const [word, , says] = commandWords[step.state];
    return { ...step, word, says };
});

function Details({ command, close }) {
    const [word, , says] = commandWords[command.state];
    const block = (value) => html`<pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`;
    return html`
        <${Dialog} title=${command.command} open=${true} close=${close}>
            <dl class="facts">
                <div><dt>${t('state')}</dt><dd>${t('state.says', { word, says })}</dd></div>
                <div><dt>Id</dt><dd><code>${command.command_id}</code></dd></div>
                ${(command.history ?? []).map((entry) => html`
                    <div key=${entry.state}>
                        <dt>${commandWords[entry.state]?.[0] ?? entry.state}</dt>
                        <dd>${exact(instant(entry.at))}</dd>
                    </div>`)}
                ${command.expires_at && command.state === 'queued' && html`
                    <div><dt>${t('command.until')}</dt><dd>${exact(instant(command.expires_at))}</dd></div>`}
            </dl>
            <h3>${t('parameters')}</h3>
            ${block(command.params)}
            ${command.result !== null && command.result !== undefined && html`
                <h3>${t('command.answer')}</h3>
                ${block(command.result)}`}
            ${command.error && html`<h3>${t('error')}</h3><p>${command.error}</p>`}
        <//>`;
}

function Entry({ command, open }) {
    const [word, tone, says] = commandWords[command.state];
    const text = paramsText(command.params);
    return html`
        <li class="command" data-tone=${tone}>
            <div class="command-head">
                <button type="button" class="link" onClick=${open} aria-haspopup="dialog">
                    <code>${command.command}</code>
                    <span class="unseen"> ${t('details')}</span>
                </button>
                <${Badge} tone=${tone} word=${word} title=${says} quiet />
            </div>
            <p class="command-params">${text || t('parameters.none')} · <${Age} at=${instant(command.created_at)} /></p>
            <${Steps} steps=${drawnSteps(command)} label=${t('command.progress', { command: command.command })} />
            ${command.error && html`<p class="command-error">${command.error}</p>`}
        </li>`;
}

export function Commands({ node, state, commands, error, reload, sent }) {
    const [all, showAll] = useState(false);
    const [open, setOpen] = useState(null);
    const list = commands ?? [];
    const shown = all ? list : list.slice(0, shownFirst);
    const detailed = list.find((command) => command.command_id === open);
    return html`
        <section class="card commands" id="commands" aria-labelledby="commands-name">
            <h2 id="commands-name">${t('commands')}</h2>
            ${session.may('nodes.command')
                ? html`<${CommandForm} node=${node} state=${state} sent=${sent} />`
                : html`<p class="hint">${t('command.needs', { right: html`<code>nodes.command</code>` })}</p>`}
            <h3 class="commands-list-name">${t('commands.progress')}</h3>
            ${error && html`
                <${Problem} error=${error} title=${t('commands.unread')} retry=${reload} small level="h4" />`}
            ${commands === null && !error && html`<${Skeleton} shape="row" count=${3}
                label=${t('commands.loading')} />`}
            ${commands !== null && list.length === 0 && html`
                <p class="hint">${t('commands.none')}</p>`}
            <ol class="command-list" role="list">${shown.map((command) => html`
                <${Entry} key=${command.command_id} command=${command}
                    open=${() => setOpen(command.command_id)} />`)}</ol>
            ${list.length > shown.length && html`
                <p>
                    <button type="button" class="button small" onClick=${() => showAll(true)}>
                        ${t('commands.older', { count: list.length - shown.length })}
                    </button>
                </p>`}
            ${detailed && html`<${Details} command=${detailed} close=${() => setOpen(null)} />`}
        </section>`;
}

// Asks a device to do something: one of the commands that its kind declares, or, where others are taken, any by its
// name. The page says what was asked; what became of it stands in the list (parts/commands.js).

import { html, useState } from '/lib/html.js';
import { beginOf, giveCommand, isAsked, paramsOf } from '/lib/commands.js';
import { t } from '/parts/command-words.js';
import { Choice, Field, focusWrong } from '/parts/form.js';
import { Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';

/** Stands for a command that is not declared; no command has a name without letters. */
const other = '';

/** A declared parameter. One that is not sent at present is there, and cannot be changed. */
function Parameter({ parameter: { id, summary, choice, whole }, value, set, asked }) {
    if (choice) return html`
        <${Choice} legend=${summary} name=${id} value=${value} change=${set}
            options=${choice.map((each) => [each.id, each.summary])} />`;
    return html`
        <${Field} label=${summary}>
            ${(given) => html`
                <div class="slider">
                    <input type="range" min=${whole.minimum} max=${whole.maximum} step="1" ...${given}
                        disabled=${!asked} value=${value} onInput=${(event) => set(Number(event.target.value))} />
                    <output for=${given.id}>${value}</output>
                </div>`}
        <//>`;
}

function OtherFields({ held, set, wrong }) {
    return html`
        <${Text} label=${t('command')} value=${held.name} set=${(name) => set({ ...held, name })} error=${wrong.name}
            maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" />
        <${Field} label=${t('parameters')} hint=${t('parameters.hint')} error=${wrong.params}>
            ${(given) => html`
                <textarea rows="3" ...${given} spellcheck="false" autocapitalize="off" value=${held.params}
                    onInput=${(event) => set({ ...held, params: event.target.value })}></textarea>`}
        <//>`;
}

/**
 * Reads the parameters that a person typed: {value} or {error}. Empty is no parameters; anything but an object is
 * refused.
 */
export function readParams(text) {
    if (text.trim() === '') return { value: {} };
    let value;
    try { value = JSON.parse(text); } catch (error) {
        return { error: t('parameters.malformed', { message: String(error.message).replace(/^JSON\.parse: /, '') }) };
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        return { error: t('parameters.example', { example: '{"state":"on"}' }) };
    }
    return { value };
}

/** The request for what was typed, or what is wrong with it. */
function otherRequest({ name, params }) {
    const read = readParams(params);
    const wrong = { name: name.trim() === '' ? t('missing') : null, params: read.error ?? null };
    return wrong.name || wrong.params ? { wrong } : { body: { command: name.trim(), params: read.value } };
}

/**
 * @param form how the kind takes commands (`formOf`); @param path where they are given
 * @param sent is told of a command that was taken; @param waits what to know before one is sent, in a sentence, or null
 */
export function CommandForm({ form, path, sent, waits = null }) {
    const { commands } = form;
    const choices = [...commands.map(({ id, summary }) => [id, summary]),
        ...(form.takes_others ? [[other, t('other')]] : [])];
    const [chosen, choose] = useState(choices[0]?.[0]);
    const [held, hold] = useState(() => Object.fromEntries(commands.map((each) => [each.id, beginOf(each)])));
    const [typed, type] = useState({ name: '', params: '' });
    const [wrong, setWrong] = useState({});
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState(null);
    const command = commands.find(({ id }) => id === chosen);
    const submit = async (event) => {
        event.preventDefault();
        if (busy) return;
        const request = command ? { body: { command: chosen, params: paramsOf(command, held[chosen]) } }
            : otherRequest(typed);
        setWrong(request.wrong ?? {});
        if (!request.body) {
            focusWrong(event.target);
            return;
        }
        setBusy(true);
        setError(null);
        try { sent(await giveCommand(path, request.body)); } catch (failure) { setError(failure); }
        setBusy(false);
    };
    return html`
        <form class="command-form" onSubmit=${submit} novalidate>
            ${choices.length > 1 && html`
                <${Choice} legend=${t('choose')} hideLegend name="command" value=${chosen} change=${choose}
                    options=${choices} />`}
            ${command
                ? command.parameters.map((parameter) => html`
                    <${Parameter} key=${`${chosen} ${parameter.id}`} parameter=${parameter}
                        value=${held[chosen][parameter.id]} asked=${isAsked(parameter, held[chosen])}
                        set=${(value) => hold({ ...held, [chosen]: { ...held[chosen], [parameter.id]: value } })} />`)
                : html`<${OtherFields} held=${typed} set=${type} wrong=${wrong} />`}
            ${error && html`<${Problem} error=${error} title=${t('refused')} small level="h4" />`}
            <p class="actions">
                <button type="submit" class="button primary" aria-busy=${busy}>
                    ${busy ? t('asking') : t('send')}
                </button>
                ${waits && html`<span class="hint">${waits}</span>`}
            </p>
        </form>`;
}

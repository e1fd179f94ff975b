// Asks a node to do something. The page says what was asked; what became of it stands in the list below.

import { html, useState } from '/lib/html.js';
import { api } from '/nodes/api.js';
import { t } from '/nodes/words.js';
import { Choice, Field } from '/parts/form.js';
import { Problem } from '/parts/problem.js';
import { readParams } from '/nodes/command-model.js';

const kinds = [['set_led', 'LED'], ['other', t('command.other')]];

function LedFields({ led, set }) {
    return html`
        <${Choice} legend=${t('turnIt')} name="led" value=${led.state} change=${(state) => set({ ...led, state })}
            options=${[['on', t('on')], ['off', t('off')]]} />
        <${Field} label=${t('brightness')} hint=${null}>
            ${(given) => html`
                <div class="slider">
                    <input type="range" min="0" max="255" step="1" ...${given} disabled=${led.state === 'off'}
                        value=${led.brightness}
                        onInput=${(event) => set({ ...led, brightness: Number(event.target.value) })} />
                    <output for=${given.id}>${led.brightness}</output>
                </div>`}
        <//>`;
}

function OtherFields({ other, set, wrong }) {
    return html`
        <${Field} label=${t('command')} error=${wrong.name}>
            ${(given) => html`
                <input type="text" ...${given} value=${other.name} maxlength="64" autocomplete="off"
                    autocapitalize="off" spellcheck="false"
                    onInput=${(event) => set({ ...other, name: event.target.value })} />`}
        <//>
        <${Field} label=${t('parameters')} hint=${t('parameters.hint')} error=${wrong.params}>
            ${(given) => html`
                <textarea rows="3" ...${given} spellcheck="false" autocapitalize="off" value=${other.params}
                    onInput=${(event) => set({ ...other, params: event.target.value })}></textarea>`}
        <//>`;
}

/** The request to send, or what is wrong with it. */
function requestOf(kind, led, other) {
    if (kind === 'set_led') {
        const params = led.state === 'on' ? { state: 'on', brightness: led.brightness } : { state: 'off' };
        return { body: { command: 'set_led', params } };
    }
    const name = other.name.trim();
    const params = readParams(other.params);
    const wrong = { name: name === '' ? t('command.missing') : null, params: params.error ?? null };
    return wrong.name || wrong.params ? { wrong } : { body: { command: name, params: params.value } };
}

export function CommandForm({ node, state, sent }) {
    const [kind, setKind] = useState('set_led');
    const [led, setLed] = useState({ state: 'on', brightness: 128 });
    const [other, setOther] = useState({ name: '', params: '' });
    const [wrong, setWrong] = useState({});
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState(null);
    const submit = async (event) => {
        event.preventDefault();
        if (busy) return;
        const request = requestOf(kind, led, other);
        setWrong(request.wrong ?? {});
        if (!request.body) {
            requestAnimationFrame(() => event.target.querySelector('[aria-invalid]')?.focus());
            return;
        }
        setBusy(true);
        setError(null);
        try { sent(await api.command(node.node_id, request.body)); } catch (failure) { setError(failure); }
        setBusy(false);
    };
    return html`
        <form class="command-form" onSubmit=${submit} novalidate>
            <${Choice} legend=${t('command.choose')} hideLegend name="kind" value=${kind} change=${setKind}
                options=${kinds} />
            ${kind === 'set_led'
                ? html`<${LedFields} led=${led} set=${setLed} />`
                : html`<${OtherFields} other=${other} set=${setOther} wrong=${wrong} />`}
            ${error && html`<${Problem} error=${error} title=${t('command.refused')} small level="h4" />`}
            <p class="actions">
                <button type="submit" class="button primary" aria-busy=${busy}>
                    ${busy ? t('asking') : t('command.send')}
                </button>
                ${state !== 'online' && html`
                    <span class="hint">${t('command.waits', { state })}</span>`}
            </p>
        </form>`;
}

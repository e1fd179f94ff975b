// Personal tokens: what a program may do in my name, and until when.

import { html, useState } from '/lib/html.js';
import { exact } from '/lib/format.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { rightWords } from '/lib/rights.js';
import { accounts } from '/account/api.js';
import { t } from '/account/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Command } from '/parts/copy.js';
import { Dialog } from '/parts/dialog.js';
import { Select, Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Secret } from '/parts/secret.js';
import { Skeleton } from '/parts/skeleton.js';

const lifetimes = [['7', t('days', { count: 7 })], ['30', t('days', { count: 30 })], ['90', t('days', { count: 90 })],
    ['365', t('year')]];

function NewToken({ rights, close, made }) {
    const [name, setName] = useState('');
    const [days, setDays] = useState('90');
    const [scopes, setScopes] = useState([]);
    const [wrong, setWrong] = useState({});
    const { busy, error, run } = useAction();
    const toggle = (right) => setScopes(scopes.includes(right)
        ? scopes.filter((each) => each !== right) : [...scopes, right]);
    const submit = async (event) => {
        event.preventDefault();
        const found = {
            name: name.trim() === '' ? t('token.purpose.missing') : null,
            scopes: scopes.length === 0 ? t('token.rights.missing') : null,
        };
        setWrong(found);
        if (found.name || found.scopes) return;
        const token = await run(() => accounts.newToken({ name: name.trim(), scopes, days: Number(days) }));
        if (token) made(token);
    };
    return html`
        <${Dialog} title=${t('token.new')} open=${true} close=${close}>
            <form onSubmit=${submit} novalidate>
                <${Text} label=${t('token.purpose')} hint=${t('token.purpose.hint')} value=${name} set=${setName}
                    error=${wrong.name ?? null} maxlength="64" autocomplete="off" />
                <fieldset class="checks">
                    <legend>${t('token.rights')}</legend>
                    ${rights.map((right) => html`
                        <label class="check" key=${right}>
                            <input type="checkbox" checked=${scopes.includes(right)} onChange=${() => toggle(right)} />
                            <span>${rightWords(right)}</span>
                        </label>`)}
                    ${wrong.scopes && html`<p class="field-error" role="alert">${wrong.scopes}</p>`}
                </fieldset>
                <${Select} label=${t('token.span')} value=${days} set=${setDays} options=${lifetimes} />
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="submit" class="button primary" aria-busy=${busy}>${t('token.make')}</button>
                </p>
            </form>
        <//>`;
}

function Shown({ token, close }) {
    return html`
        <${Dialog} title=${t('token.of', { name: token.name })} open=${true} close=${close}>
            <div class="stack">
                <${Secret} label=${t('token')} value=${token.token} says=${t('token.says')} />
                <p>${t('token.example.says')}</p>
                <${Command} label=${t('token.example')}
                    line=${`curl -H "Authorization: Bearer $MARTLET_TOKEN" ${location.origin}/api/session`} />
                <p class="actions end"><button type="button" class="button primary"
                    onClick=${close}>${t('token.kept')}</button></p>
            </div>
        <//>`;
}

function Entry({ token, end }) {
    const until = instant(token.expires_at);
    const over = until !== null && until < now();
    return html`
        <li class="row">
            <div>
                <strong>${token.name}</strong>
                <p class="row-more">
                    ${t('token.line', {
                        until: over ? html`<${Badge} tone="unknown" word=${t('ended')} quiet />`
                            : t('until', { time: html`<time datetime=${token.expires_at}>${exact(until)}</time>` }),
                        used: html`<${Age} at=${instant(token.last_used_at)} />`,
                    })}
                </p>
                <p class="row-more">${token.scopes.map((scope) => html`<code key=${scope}>${scope}</code> `)}</p>
            </div>
            <button type="button" class="button small danger" onClick=${end}>
                ${t('remove')}<span class="unseen"> ${token.name}</span>
            </button>
        </li>`;
}

export function Tokens({ rights }) {
    const { data, error, reload } = useLoad('tokens', accounts.tokens);
    const [making, make] = useState(false);
    const [made, setMade] = useState(null);
    const [ending, end] = useState(null);
    const tokens = data?.tokens ?? [];
    return html`
        <section class="card" aria-labelledby="tokens">
            <h2 id="tokens">${t('tokens')}</h2>
            ${error && html`<${Problem} error=${error} retry=${reload} small level="h3" />`}
            ${!data && !error && html`<${Skeleton} shape="row" label=${t('tokens.loading')} />`}
            ${data && tokens.length === 0 && html`
                <p class="quiet-line">${t('tokens.none')}</p>`}
            <ul class="rows" role="list">${tokens.map((token) => html`
                <${Entry} key=${token.id} token=${token} end=${() => end(token)} />`)}</ul>
            <p class="actions">
                <button type="button" class="button" onClick=${() => make(true)}>${t('token.new.ask')}</button>
            </p>
            ${making && html`<${NewToken} rights=${rights} close=${() => make(false)}
                made=${(token) => { make(false); setMade(token); reload(); }} />`}
            ${made && html`<${Shown} token=${made} close=${() => setMade(null)} />`}
            ${ending && html`
                <${Confirm} title=${t('token.remove.title', { name: ending.name })} action=${t('remove')}
                    close=${() => end(null)}
                    act=${async () => { await accounts.endToken(ending.id); reload(); }}>
                    <p>${t('token.remove.says')}</p>
                <//>`}
        </section>`;
}

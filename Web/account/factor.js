// The second factor: a code from an app, besides the password. Asked for, shown, confirmed; then the recovery codes.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { accounts } from '/account/api.js';
import { Refusal } from '/account/refusal.js';
import { Badge } from '/parts/badge.js';
import { Command } from '/parts/copy.js';
import { Dialog } from '/parts/dialog.js';
import { Name, Password } from '/parts/input.js';
import { download, Secret } from '/parts/secret.js';
import { toast } from '/parts/toast.js';

const inGroups = (text) => text.replace(/(.{4})(?=.)/g, '$1 ');

function Wrong({ error, what }) {
    if (!error) return null;
    return error.code === 'bad_credentials' ? html`<${Refusal} title=${what} />`
        : html`<${Refusal} title=${error.title}>${error.detail}<//>`;
}

/** The password again, and a code where there is a second factor, before anything about signing in is changed. */
function Proof({ action, danger = false, withCode = false, act }) {
    const [password, setPassword] = useState('');
    const [code, setCode] = useState('');
    const { busy, error, run } = useAction();
    const submit = (event) => {
        event.preventDefault();
        run(() => act(password, code.replace(/\s/g, '')));
    };
    return html`
        <form onSubmit=${submit}>
            <${Password} label="Password" value=${password} set=${setPassword} autocomplete="current-password" required />
            ${withCode && html`
                <${Name} label="Code from your authenticator, or a recovery code" value=${code} set=${setCode}
                    autocomplete="one-time-code" maxlength="32" class="code-input" required />`}
            <${Wrong} error=${error} what=${withCode
                ? 'The password or the code is not right; a code works once' : 'The password is not right'} />
            <p class="actions end">
                <button type="submit" class=${`button primary ${danger ? 'danger' : ''}`} aria-busy=${busy}>${action}</button>
            </p>
        </form>`;
}

function Enrol({ offer, confirmed }) {
    const [code, set] = useState('');
    const { busy, error, run } = useAction();
    const submit = (event) => {
        event.preventDefault();
        run(async () => confirmed((await accounts.confirmFactor(code.replace(/\s/g, ''))).recovery_codes));
    };
    return html`
        <ol class="numbered">
            <li>
                <p>On this phone, <a href=${offer.uri}>open your authenticator</a>; on another, type this key there as a
                    time-based one.</p>
                <${Command} line=${inGroups(offer.secret)} label="Key for the authenticator" />
            </li>
            <li>
                <form onSubmit=${submit}>
                    <${Name} label="Type the code that it shows" value=${code} set=${set} autocomplete="one-time-code"
                        inputmode="numeric" maxlength="12" class="code-input" required />
                    <${Wrong} error=${error} what="That code is not right" />
                    <p class="actions end">
                        <button type="submit" class="button primary" aria-busy=${busy}>Turn it on</button>
                    </p>
                </form>
            </li>
        </ol>`;
}

function Recovery({ codes, close }) {
    return html`
        <div class="stack">
            <${Secret} label="Recovery codes" value=${codes.join(' ')}
                says="Each signs you in once when the authenticator is lost. Keep them away from this device.">
                <ul class="codes" role="list">${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}</ul>
            <//>
            <p class="actions end">
                <button type="button" class="button" onClick=${() => download('martlet-recovery-codes.txt', `${codes.join('\n')}\n`)}>
                    Download
                </button>
                <button type="button" class="button primary" onClick=${close}>I have kept them</button>
            </p>
        </div>`;
}

function TurnOn({ close, changed }) {
    const [offer, setOffer] = useState(null);
    const [codes, setCodes] = useState(null);
    const title = codes ? 'Recovery codes' : 'Second factor';
    return html`
        <${Dialog} title=${title} open=${true} close=${close}>
            ${codes ? html`<${Recovery} codes=${codes} close=${close} />`
                : offer ? html`<${Enrol} offer=${offer} confirmed=${(list) => { setCodes(list); changed(); }} />`
                : html`
                    <div class="stack">
                        <p>You need an authenticator app on your phone. First your password again.</p>
                        <${Proof} action="Go on" act=${async (password) => setOffer(await accounts.beginFactor(password))} />
                    </div>`}
        <//>`;
}

function TurnOff({ close, changed }) {
    const act = async (password, code) => {
        await accounts.endFactor(password, code);
        toast({ text: 'The second factor is off.' });
        changed();
        close();
    };
    return html`
        <${Dialog} title="Turn the second factor off" open=${true} close=${close}>
            <div class="stack">
                <p>Your password alone will then be enough to sign in, and the recovery codes stop working.</p>
                <${Proof} action="Turn it off" danger withCode act=${act} />
            </div>
        <//>`;
}

export function SecondFactor({ on, changed }) {
    const [open, set] = useState(null);
    const close = () => set(null);
    return html`
        <section class="card" aria-labelledby="factor">
            <h2 id="factor">Second factor</h2>
            <div class="stack">
                <p><${Badge} tone=${on ? 'good' : 'unknown'} word=${on ? 'On' : 'Off'} /></p>
                <p>A code from an app on your phone, asked for after the password: who finds out your password still does
                    not get in.</p>
                <p class="actions">
                    ${on
                        ? html`<button type="button" class="button danger" onClick=${() => set('off')}>Turn off…</button>`
                        : html`<button type="button" class="button" onClick=${() => set('on')}>Turn on…</button>`}
                </p>
            </div>
            ${open === 'on' && html`<${TurnOn} close=${close} changed=${changed} />`}
            ${open === 'off' && html`<${TurnOff} close=${close} changed=${changed} />`}
        </section>`;
}

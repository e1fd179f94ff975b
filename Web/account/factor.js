// The second factor: a code from an app, besides the password. Asked for, shown, confirmed; then the recovery codes.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { accounts } from '/account/api.js';
import { Refusal } from '/account/refusal.js';
import { t } from '/account/words.js';
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
            <${Password} label=${t('password')} value=${password} set=${setPassword}
                autocomplete="current-password" required />
            ${withCode && html`
                <${Name} label=${t('code.either')} value=${code} set=${setCode}
                    autocomplete="one-time-code" maxlength="32" class="code-input" required />`}
            <${Wrong} error=${error} what=${withCode
                ? t('signIn.codeWrong') : t('password.wrong')} />
            <p class="actions end">
                <button type="submit" class=${danger ? 'button primary danger' : 'button primary'}
                    aria-busy=${busy}>${action}</button>
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
                <p>${t('factor.enrol', { link: html`<a href=${offer.uri}>${t('factor.open')}</a>` })}</p>
                <${Command} line=${inGroups(offer.secret)} label=${t('factor.key')} />
            </li>
            <li>
                <form onSubmit=${submit}>
                    <${Name} label=${t('factor.type')} value=${code} set=${set} autocomplete="one-time-code"
                        inputmode="numeric" maxlength="12" class="code-input" required />
                    <${Wrong} error=${error} what=${t('code.wrong')} />
                    <p class="actions end">
                        <button type="submit" class="button primary" aria-busy=${busy}>${t('factor.turnOn')}</button>
                    </p>
                </form>
            </li>
        </ol>`;
}

function Recovery({ codes, close }) {
    return html`
        <div class="stack">
            <${Secret} label=${t('codes')} value=${codes.join(' ')}
                says=${t('codes.says')}>
                <ul class="codes"
                    role="list">${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}</ul>
            <//>
            <p class="actions end">
                <button type="button" class="button"
                    onClick=${() => download('martlet-recovery-codes.txt', `${codes.join('\n')}\n`)}>
                    ${t('download')}
                </button>
                <button type="button" class="button primary" onClick=${close}>${t('codes.kept')}</button>
            </p>
        </div>`;
}

function TurnOn({ close, changed }) {
    const [offer, setOffer] = useState(null);
    const [codes, setCodes] = useState(null);
    const title = codes ? t('codes') : t('factor');
    return html`
        <${Dialog} title=${title} open=${true} close=${close}>
            ${codes ? html`<${Recovery} codes=${codes} close=${close} />`
                : offer ? html`<${Enrol} offer=${offer} confirmed=${(list) => { setCodes(list); changed(); }} />`
                : html`
                    <div class="stack">
                        <p>${t('factor.needs')}</p>
                        <${Proof} action=${t('goOn')}
                            act=${async (password) => setOffer(await accounts.beginFactor(password))} />
                    </div>`}
        <//>`;
}

function TurnOff({ close, changed }) {
    const act = async (password, code) => {
        await accounts.endFactor(password, code);
        toast({ text: t('factor.off.done') });
        changed();
        close();
    };
    return html`
        <${Dialog} title=${t('factor.off.title')} open=${true} close=${close}>
            <div class="stack">
                <p>${t('factor.off.says')}</p>
                <${Proof} action=${t('factor.turnOff')} danger withCode act=${act} />
            </div>
        <//>`;
}

export function SecondFactor({ on, changed }) {
    const [open, set] = useState(null);
    const close = () => set(null);
    return html`
        <section class="card" aria-labelledby="factor">
            <h2 id="factor">${t('factor')}</h2>
            <div class="stack">
                <p><${Badge} tone=${on ? 'good' : 'unknown'} word=${on ? t('on') : t('off')} /></p>
                <p>${t('factor.says')}</p>
                <p class="actions">
                    ${on
                        ? html`<button type="button" class="button danger"
                            onClick=${() => set('off')}>${t('factor.off')}</button>`
                        : html`<button type="button" class="button"
                            onClick=${() => set('on')}>${t('factor.on')}</button>`}
                </p>
            </div>
            ${open === 'on' && html`<${TurnOn} close=${close} changed=${changed} />`}
            ${open === 'off' && html`<${TurnOff} close=${close} changed=${changed} />`}
        </section>`;
}

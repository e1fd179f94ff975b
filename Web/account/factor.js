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
                <${Name} label=${t('codeFromYourAuthenticatorOr')} value=${code} set=${setCode}
                    autocomplete="one-time-code" maxlength="32" class="code-input" required />`}
            <${Wrong} error=${error} what=${withCode
                ? t('passwordOrCodeIsNotRight') : t('thePasswordIsNotRight')} />
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
                <p>${t('enrol', { link: html`<a href=${offer.uri}>${t('openYourAuthenticator')}</a>` })}</p>
                <${Command} line=${inGroups(offer.secret)} label=${t('keyForTheAuthenticator')} />
            </li>
            <li>
                <form onSubmit=${submit}>
                    <${Name} label=${t('typeTheCodeThatIt')} value=${code} set=${set} autocomplete="one-time-code"
                        inputmode="numeric" maxlength="12" class="code-input" required />
                    <${Wrong} error=${error} what=${t('thatCodeIsNotRight')} />
                    <p class="actions end">
                        <button type="submit" class="button primary" aria-busy=${busy}>${t('turnItOn')}</button>
                    </p>
                </form>
            </li>
        </ol>`;
}

function Recovery({ codes, close }) {
    return html`
        <div class="stack">
            <${Secret} label=${t('recoveryCodes')} value=${codes.join(' ')}
                says=${t('eachSignsYouInOnce')}>
                <ul class="codes"
                    role="list">${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}</ul>
            <//>
            <p class="actions end">
                <button type="button" class="button"
                    onClick=${() => download('martlet-recovery-codes.txt', `${codes.join('\n')}\n`)}>
                    ${t('download')}
                </button>
                <button type="button" class="button primary" onClick=${close}>${t('iHaveKeptThem')}</button>
            </p>
        </div>`;
}

function TurnOn({ close, changed }) {
    const [offer, setOffer] = useState(null);
    const [codes, setCodes] = useState(null);
    const title = codes ? t('recoveryCodes') : t('secondFactor');
    return html`
        <${Dialog} title=${title} open=${true} close=${close}>
            ${codes ? html`<${Recovery} codes=${codes} close=${close} />`
                : offer ? html`<${Enrol} offer=${offer} confirmed=${(list) => { setCodes(list); changed(); }} />`
                : html`
                    <div class="stack">
                        <p>${t('youNeedAnAuthenticatorApp')}</p>
                        <${Proof} action=${t('goOn')}
                            act=${async (password) => setOffer(await accounts.beginFactor(password))} />
                    </div>`}
        <//>`;
}

function TurnOff({ close, changed }) {
    const act = async (password, code) => {
        await accounts.endFactor(password, code);
        toast({ text: t('theSecondFactorIsOff') });
        changed();
        close();
    };
    return html`
        <${Dialog} title=${t('turnTheSecondFactorOff')} open=${true} close=${close}>
            <div class="stack">
                <p>${t('yourPasswordAloneWillThen')}</p>
                <${Proof} action=${t('turnItOff')} danger withCode act=${act} />
            </div>
        <//>`;
}

export function SecondFactor({ on, changed }) {
    const [open, set] = useState(null);
    const close = () => set(null);
    return html`
        <section class="card" aria-labelledby="factor">
            <h2 id="factor">${t('secondFactor')}</h2>
            <div class="stack">
                <p><${Badge} tone=${on ? 'good' : 'unknown'} word=${on ? t('on') : t('off')} /></p>
                <p>${t('aCodeFromAnApp')}</p>
                <p class="actions">
                    ${on
                        ? html`<button type="button" class="button danger"
                            onClick=${() => set('off')}>${t('turnOff')}</button>`
                        : html`<button type="button" class="button" onClick=${() => set('on')}>${t('turnOn')}</button>`}
                </p>
            </div>
            ${open === 'on' && html`<${TurnOn} close=${close} changed=${changed} />`}
            ${open === 'off' && html`<${TurnOff} close=${close} changed=${changed} />`}
        </section>`;
}

// Signing in: name and password, then the code of the second factor if the account has one.

import { html, useEffect, useRef, useState } from '/lib/html.js';
import { countdown } from '/lib/format.js';
import { useAction } from '/lib/hooks.js';
import { session } from '/lib/session.js';
import { accounts } from '/account/api.js';
import { Refusal, useWait } from '/account/refusal.js';
import { t } from '/account/words.js';
import { Head } from '/parts/head.js';
import { Name, Password } from '/parts/input.js';

/** Why it failed, in words for the person at the door: never more than the server tells a stranger. */
function words(error, withCode) {
    switch (error.code) {
    case 'bad_credentials':
        return withCode ? [t('code.wrong'), t('code.hint')]
            : [t('signIn.wrong'), t('signIn.wrong.says')];
    case 'not_signed_in': return [t('setUp.over'), t('signIn.link')];
    case 'forbidden': return [t('signIn.refused'), error.detail];
    default: return [error.title, error.detail];
    }
}

function Failure({ error, withCode, wait }) {
    if (error.status === 429) {
        return html`
            <${Refusal} title=${t('wait.title')}>
                ${wait > 0
                    ? t('wait.says', { time: html`<span aria-hidden="true">${countdown(wait)}</span
                        ><span class="unseen">${t('seconds', { count: error.retryAfter })}</span>` })
                    : t('wait.over')}
            <//>`;
    }
    const [title, detail] = words(error, withCode);
    return html`<${Refusal} title=${title}>${detail}<//>`;
}

function CodeFields({ name, code, set, back }) {
    const [recovery, setRecovery] = useState(false);
    return html`
        <p class="quiet-line">
            ${t('signIn.busyAs', { name: html`<strong>${name}</strong>` })}
            ${' '}<button type="button" class="link" onClick=${back}>${t('signIn.other')}</button>
        </p>
        <${Name} key=${recovery} label=${recovery ? t('code.recovery') : t('code')} name="code"
            value=${code}
            set=${set} autocomplete="one-time-code" inputmode=${recovery ? 'text' : 'numeric'} maxlength="32"
                class="code-input"
            required />
        <p>
            <button type="button" class="link" onClick=${() => { setRecovery(!recovery); set(''); }}>
                ${recovery ? t('code.useAuthenticator') : t('code.useRecovery')}
            </button>
        </p>`;
}

export function Page() {
    const [name, setName] = useState('');
    const [password, setPassword] = useState('');
    const [code, setCode] = useState('');
    const [step, setStep] = useState('password');
    const { busy, error, run, clear } = useAction();
    const form = useRef(null);
    const wait = useWait(error);
    const withCode = step === 'code';
    const enter = (ask) => run(async () => {
        try { await session.entering(await ask()); } catch (failure) {
            if (failure.code !== 'second_factor_needed') throw failure;
            setStep('code');
        }
    });
    useEffect(() => {
        const takeCode = () => {
            const found = /^#code=(.+)$/.exec(location.hash);
            if (!found) return;
            // The code works once; out of the address it is also out of the history and of every picture of this page.
            history.replaceState(null, '', location.pathname + location.search);
            enter(() => accounts.code(decodeURIComponent(found[1])));
        };
        takeCode();
        // The printed address may also be opened where this page is open already: only what is behind # changes then.
        addEventListener('hashchange', takeCode);
        return () => removeEventListener('hashchange', takeCode);
    }, []);
    useEffect(() => { form.current?.querySelector('input:not([value])')?.focus(); }, [step]);
    useEffect(() => { if (error && error.status !== 429) form.current?.querySelector('input:last-of-type')?.select(); },
        [error]);
    const submit = (event) => {
        event.preventDefault();
        if (wait > 0) return;
        enter(() => accounts.login({ username: name.trim(), password,
            ...(withCode ? { code: code.replace(/\s/g, '') } : {}) }));
    };
    const back = () => { setStep('password'); setCode(''); setPassword(''); clear(); };
    return html`
        <${Head} title=${t('signIn')} />
        <form class="door" onSubmit=${submit} ref=${form} method="post">
            ${error && html`<${Failure} error=${error} withCode=${withCode} wait=${wait} />`}
            ${withCode ? html`<${CodeFields} name=${name} code=${code} set=${setCode} back=${back} />` : html`
                <${Name} label=${t('name')} name="username" value=${name} set=${setName}
                    autocomplete="username" required />
                <${Password} label=${t('password')} name="password" value=${password} set=${setPassword}
                    autocomplete="current-password" required />`}
            <button type="submit" class="button primary wide" aria-busy=${busy} disabled=${wait > 0}>
                ${wait > 0 ? t('wait', { time: countdown(wait) }) : busy ? t('signIn.busy') : t('signIn')}
            </button>
        </form>
        <p class="door-foot">
            ${t('signIn.forgotten', { command: html`<code>martlet user passwd NAME --data FOLDER</code>` })}
        </p>`;
}

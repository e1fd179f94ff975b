// Signing in: name and password, then the code of the second factor if the account has one.

import { html, useEffect, useRef, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { session } from '/lib/session.js';
import { accounts } from '/account/api.js';
import { countdown, Refusal, useWait } from '/account/refusal.js';
import { Head } from '/parts/head.js';
import { Name, Password } from '/parts/input.js';

/** Why it failed, in words for the person at the door: never more than the server tells a stranger. */
function words(error, withCode) {
    switch (error.code) {
    case 'bad_credentials':
        return withCode ? ['That code is not right', 'Codes change every 30 seconds, and each works once.']
            : ['Name or password is not right', 'Capital letters count in the password.'];
    case 'not_signed_in': return ['This link no longer works', 'A one-time link works once and for a short while.'];
    case 'forbidden': return ['This was refused', error.detail];
    default: return [error.title, error.detail];
    }
}

function Failure({ error, withCode, wait }) {
    if (error.status === 429) {
        return html`
            <${Refusal} title="Too many attempts">
                ${wait > 0
                    ? html`The hub takes no more for a while. Try again in <span aria-hidden="true">${countdown(wait)}</span
                        ><span class="unseen">${error.retryAfter} seconds</span>.`
                    : 'You may try again now.'}
            <//>`;
    }
    const [title, detail] = words(error, withCode);
    return html`<${Refusal} title=${title}>${detail}<//>`;
}

function CodeFields({ name, code, set, back }) {
    const [recovery, setRecovery] = useState(false);
    return html`
        <p class="quiet-line">
            Signing in as <strong>${name}</strong>.
            ${' '}<button type="button" class="link" onClick=${back}>Somebody else</button>
        </p>
        <${Name} key=${recovery} label=${recovery ? 'Recovery code' : 'Code from your authenticator'} name="code" value=${code}
            set=${set} autocomplete="one-time-code" inputmode=${recovery ? 'text' : 'numeric'} maxlength="32" class="code-input"
            required />
        <p>
            <button type="button" class="link" onClick=${() => { setRecovery(!recovery); set(''); }}>
                ${recovery ? 'Use the authenticator' : 'Use a recovery code'}
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
    useEffect(() => { if (error && error.status !== 429) form.current?.querySelector('input:last-of-type')?.select(); }, [error]);
    const submit = (event) => {
        event.preventDefault();
        if (wait > 0) return;
        enter(() => accounts.login({ username: name.trim(), password, ...(withCode ? { code: code.replace(/\s/g, '') } : {}) }));
    };
    const back = () => { setStep('password'); setCode(''); setPassword(''); clear(); };
    return html`
        <${Head} title="Sign in" />
        <form class="door" onSubmit=${submit} ref=${form} method="post">
            ${error && html`<${Failure} error=${error} withCode=${withCode} wait=${wait} />`}
            ${withCode ? html`<${CodeFields} name=${name} code=${code} set=${setCode} back=${back} />` : html`
                <${Name} label="Name" name="username" value=${name} set=${setName} autocomplete="username" required />
                <${Password} label="Password" name="password" value=${password} set=${setPassword}
                    autocomplete="current-password" required />`}
            <button type="submit" class="button primary wide" aria-busy=${busy} disabled=${wait > 0}>
                ${wait > 0 ? `Wait ${countdown(wait)}` : busy ? 'Signing in…' : 'Sign in'}
            </button>
        </form>
        <p class="door-foot">
            Password forgotten? Who administers this hub can give you a new one; on the machine itself,
            ${' '}<code>martlet user passwd NAME --data FOLDER</code> does, with the hub's data folder.
        </p>`;
}

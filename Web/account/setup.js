// The first start: whoever opens the printed link makes the first administrator.

import { html, useState } from '/lib/html.js';
import { countdown } from '/lib/format.js';
import { useAction } from '/lib/hooks.js';
import { nameFault, passwordFault, passwordHint } from '/lib/rights.js';
import { session } from '/lib/session.js';
import { accounts } from '/account/api.js';
import { Refusal, useWait } from '/account/refusal.js';
import { t } from '/account/words.js';
import { Command } from '/parts/copy.js';
import { focusWrong } from '/parts/form.js';
import { Head } from '/parts/head.js';
import { Name, Password } from '/parts/input.js';

const byHand = 'martlet user add NAME --role admin --data FOLDER';

/** Without the printed link nobody may set up; this is where the link is found. */
function WithoutLink({ title, children }) {
    return html`
        <div class="door">
            <h2>${title}</h2>
            ${children}
            <p>
                ${t('setUp.link')}
            </p>
            <p>${t('setUp.shell')}</p>
            <${Command} label=${t('setUp.title')} line=${byHand} />
        </div>`;
}

const isWrongLink = (error) => error.status === 401 || error.code === 'forbidden' || error.code === 'not_found';

function SetUpForm({ code, refused }) {
    const [name, setName] = useState('');
    const [password, setPassword] = useState('');
    const [repeated, setRepeated] = useState('');
    const [wrong, setWrong] = useState({});
    const { busy, error, run } = useAction();
    const wait = useWait(error);
    const submit = (event) => {
        event.preventDefault();
        const username = name.trim();
        const found = {
            name: nameFault(username),
            password: passwordFault(password, username),
            repeated: password === repeated ? null : t('password.differ'),
        };
        setWrong(found);
        if (found.name || found.password || found.repeated) {
            focusWrong(event.target);
            return;
        }
        run(async () => {
            try { await session.entering(await accounts.setup({ code, username, password })); } catch (failure) {
                if (!isWrongLink(failure)) throw failure;
                refused(failure);
            }
        });
    };
    return html`
        <form class="door" onSubmit=${submit} novalidate method="post">
            ${error && html`<${Refusal} title=${error.title}>${error.detail}<//>`}
            <${Name} label=${t('name')} name="username" value=${name} set=${setName} error=${wrong.name ?? null}
                hint=${t('name.hint')} autocomplete="username"
                maxlength="64" />
            <${Password} label=${t('password')} name="password" value=${password} set=${setPassword}
                hint=${passwordHint()}
                error=${wrong.password ?? null} autocomplete="new-password" />
            <${Password} label=${t('password.repeat')} name="repeated" value=${repeated} set=${setRepeated}
                error=${wrong.repeated ?? null} autocomplete="new-password" />
            <button type="submit" class="button primary wide" aria-busy=${busy} disabled=${wait > 0}>
                ${wait > 0 ? t('wait', { time: countdown(wait) }) : busy ? t('setUp.busy') : t('setUp.act')}
            </button>
        </form>`;
}

export function Page() {
    const [code] = useState(() => location.hash.slice(1));
    const [refusal, refuse] = useState(null);
    if (refusal) return html`
        <${Head} title=${t('setUp')} />
        <${WithoutLink} title=${t('setUp.over')}><p>${refusal.detail || t('setUp.over.says')}</p><//>`;
    if (code === '') return html`
        <${Head} title=${t('setUp')} />
        <${WithoutLink} title=${t('setUp.nobody')} />`;
    return html`
        <${Head} title=${t('setUp')}><p class="lead">${t('setUp.first')}</p><//>
        <${SetUpForm} code=${code} refused=${refuse} />`;
}

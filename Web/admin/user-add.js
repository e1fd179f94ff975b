import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { nameFault, passwordFault, passwordHint, roleWords, siteWords } from '/lib/rights.js';
import { people } from '/admin/api.js';
import { t } from '/admin/words.js';
import { Dialog } from '/parts/dialog.js';
import { Choice, focusWrong } from '/parts/form.js';
import { Name, Password, Select } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Secret } from '/parts/secret.js';

/** A password that the hub made; the person changes it under Account. */
export function ShownPassword({ name, password, close }) {
    return html`
        <${Dialog} title=${t('password.of', { name })} open=${true} close=${close}>
            <div class="stack">
                <${Secret} label=${t('password')} value=${password}
                    says=${t('password.give', { name })} />
                <p class="actions end"><button type="button" class="button primary"
                    onClick=${close}>${t('key.kept')}</button></p>
            </div>
        <//>`;
}

/** A password that is made by the hub, or typed. */
export function PasswordChoice({ how, setHow, password, setPassword, error }) {
    return html`
        <${Choice} legend=${t('password')} name="how" value=${how} change=${setHow}
            options=${[['made', t('password.made')], ['typed', t('password.typed')]]} />
        ${how === 'made' ? html`<p class="hint">${t('password.once')}</p>` : html`
            <${Password} label=${t('password.new')} value=${password} set=${setPassword} hint=${passwordHint()}
                error=${error}
                autocomplete="new-password" />`}`;
}

export function AddUser({ roles, sites, close, made }) {
    const [name, setName] = useState('');
    const [role, setRole] = useState('viewer');
    const [site, setSite] = useState('*');
    const [how, setHow] = useState('made');
    const [password, setPassword] = useState('');
    const [wrong, setWrong] = useState({});
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        const username = name.trim();
        const found = {
            name: nameFault(username),
            password: how === 'typed' ? passwordFault(password, username) : null,
        };
        setWrong(found);
        if (found.name || found.password) {
            focusWrong(event.target);
            return;
        }
        const user = await run(() => people.add({ username, role, site, ...(how === 'typed' ? { password } : {}) }));
        if (user) made(user);
    };
    const sitesOf = [['*', t('sites.all')], ...sites.map((each) => [each, each])];
    return html`
        <${Dialog} title=${t('user.add')} open=${true} close=${close}>
            <form onSubmit=${submit} novalidate>
                <${Name} label=${t('name')} value=${name} set=${setName} error=${wrong.name ?? null} maxlength="64" />
                <${Select} label=${t('role')} value=${role} set=${setRole}
                    hint=${t('sentence', { words: roleWords(role) })}
                    options=${roles.map((each) => [each.name, each.name])} />
                <${Select} label=${t('where')} value=${site} set=${setSite} options=${sitesOf}
                    hint=${site === '*' ? t('sites.all.says') : t('sites.only', { site: siteWords(site) })} />
                <${PasswordChoice} how=${how} setHow=${setHow} password=${password} setPassword=${setPassword}
                    error=${wrong.password ?? null} />
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="submit" class="button primary" aria-busy=${busy}>${t('add')}</button>
                </p>
            </form>
        <//>`;
}

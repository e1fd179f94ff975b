// One account: its roles, and what else can be done to it.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { passwordFault, rightWords, roleWords, siteWords } from '/lib/rights.js';
import { session } from '/lib/session.js';
import { people } from '/admin/api.js';
import { PasswordChoice, ShownPassword } from '/admin/user-add.js';
import { Refusal } from '/account/refusal.js';
import { t } from '/admin/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { Dialog } from '/parts/dialog.js';
import { Icon } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';
import { toast } from '/parts/toast.js';

/** A refusal of the kind that keeps one administrator: said as what it is, not as a fault. */
function Refused({ error }) {
    if (!error) return null;
    return error.status === 409
        ? html`<${Refusal} title=${t('user.last')}>${t('user.last.says')}<//>`
        : html`<${Problem} error=${error} small level="h3" />`;
}

function RoleRow({ entry, index, roles, sites, change, remove }) {
    const pick = (key, word, options) => html`
        <div class="select-box wide">
            <select aria-label=${t('numbered', { word, number: index + 1 })} value=${entry[key]}
                onChange=${(event) => change({ ...entry, [key]: event.target.value })}>
                ${options.map(([value, text]) => html`
                    <option key=${value} value=${value} selected=${value === entry[key]}>${text}</option>`)}
            </select>
            <${Icon} name="down" />
        </div>`;
    return html`
        <li class="role-row">
            ${pick('role', t('role'), roles.map((role) => [role.name, role.name]))}
            <span>${t('at')}</span>
            ${pick('site', t('site'), [['*', siteWords('*')], ...sites.map((site) => [site, site])])}
            <button type="button" class="icon-button" aria-label=${t('roles.remove', { number: index + 1 })}
                onClick=${remove}>
                <${Icon} name="close" />
            </button>
        </li>`;
}

function Roles({ user, roles, sites, changed }) {
    const [held, set] = useState(user.roles);
    const { busy, error, run } = useAction();
    const same = JSON.stringify(held) === JSON.stringify(user.roles);
    const put = (index, entry) => set(held.map((each, at) => (at === index ? entry : each)));
    const save = async () => {
        if (await run(() => people.roles(user.username, held)) === undefined) return;
        toast({ text: t('roles.changed', { username: user.username }) });
        changed();
    };
    const rights = [...new Set(held.flatMap(({ role }) => roles.find((each) => each.name === role)?.permissions
        ?? []))];
    return html`
        <section class="stack" aria-labelledby="roles-name">
            <h3 id="roles-name">${t('roles')}</h3>
            ${held.length === 0 && html`<p class="quiet-line">${t('roles.none')}</p>`}
            <ul class="role-rows" role="list">${held.map((entry, index) => html`
                <${RoleRow} key=${index} entry=${entry} index=${index} roles=${roles} sites=${sites}
                    change=${(next) => put(index, next)}
                        remove=${() => set(held.filter((_, at) => at !== index))} />`)}</ul>
            <p class="hint">${[...new Set(held.map(({ role }) => role))].map((role) =>
                t('roleSays', { role, says: roleWords(role) })).join(' ')}</p>
            <details class="rights">
                <summary>${t('roles.allow')}</summary>
                <ul>${rights.map((right) => html`<li key=${right}>${rightWords(right)}</li>`)}</ul>
            </details>
            <${Refused} error=${error} />
            <p class="actions">
                <button type="button" class="button small"
                    onClick=${() => set([...held, { site: '*', role: 'viewer' }])}>
                    <${Icon} name="plus" /> ${t('roles.another')}
                </button>
                <button type="button" class="button small primary" disabled=${same} aria-busy=${busy} onClick=${save}>
                    ${t('roles.save')}
                </button>
            </p>
        </section>`;
}

function ResetPassword({ user, close, changed }) {
    const [how, setHow] = useState('made');
    const [password, setPassword] = useState('');
    const [wrong, setWrong] = useState(null);
    const [made, setMade] = useState(null);
    if (made) return html`<${ShownPassword} name=${user.username} password=${made} close=${close} />`;
    const act = async () => {
        const fault = how === 'typed' ? passwordFault(password, user.username) : null;
        setWrong(fault);
        if (fault) return false;
        const answer = await people.password(user.username, how === 'typed' ? password : null);
        changed();
        if (answer?.password) { setMade(answer.password); return false; }
        toast({ text: t('password.changed', { username: user.username }) });
        return true;
    };
    return html`
        <${Confirm} title=${t('password.new.title', { username: user.username })} action=${t('password.set')}
            danger=${false} act=${act}
            close=${close}>
            <p>${t('password.set.says', { username: user.username })}</p>
            <${PasswordChoice} how=${how} setHow=${setHow} password=${password} setPassword=${setPassword}
                error=${wrong} />
        <//>`;
}

const asked = {
    disable: { title: t('disable.act'), says: t('user.disable.says') },
    remove: { title: t('remove.act'), says: t('user.remove.says') },
    factor: { title: t('factor.off.title'), says: t('factor.off.says') },
};

export function UserDialog({ user, roles, sites, close, changed }) {
    const [asking, ask] = useState(null);
    const { error, run } = useAction();
    const self = session.state.user?.username === user.username;
    const done = (work, after = changed) => async () => { await work(); after(); };
    const acts = {
        disable: done(() => people.disable(user.username)),
        remove: done(() => people.remove(user.username), () => { changed(); close(); }),
        factor: done(() => people.endFactor(user.username)),
    };
    return html`
        <${Dialog} title=${user.username} open=${true} close=${close}>
            <div class="stack wide-gap">
                <dl class="facts">
                    <div>
                        <dt>${t('state')}</dt>
                        <dd><${Badge} tone=${user.state === 'active' ? 'good' : 'bad'}
                            word=${user.state === 'active' ? t('active') : t('disabled')} quiet /></dd>
                    </div>
                    <div><dt>${t('factor')}</dt><dd>${t(user.second_factor ? 'isOn' : 'isOff')}</dd></div>
                    <div><dt>${t('user.lastSignIn')}</dt><dd><${Age} at=${instant(user.last_sign_in_at)} /></dd></div>
                    <div><dt>${t('added')}</dt><dd><${Age} at=${instant(user.created_at)} /></dd></div>
                </dl>
                <${Roles} key=${JSON.stringify(user.roles)} user=${user} roles=${roles} sites=${sites}
                    changed=${changed} />
                <section class="stack" aria-labelledby="account-acts">
                    <h3 id="account-acts">${t('account')}</h3>
                    ${self && html`<p
                        class="quiet-line">${t('user.self',
                        { account: html`<a href="/account">${t('account')}</a>` })}</p>`}
                    <${Refused} error=${error} />
                    <p class="actions">
                        ${!self && html`
                            <button type="button" class="button small"
                                onClick=${() => ask('password')}>${t('password.new.ask')}</button>`}
                        ${user.second_factor && !self && html`
                            <button type="button" class="button small"
                                onClick=${() => ask('factor')}>${t('factor.off.ask')}</button>`}
                        ${user.state === 'active'
                            ? html`<button type="button" class="button small"
                                onClick=${() => ask('disable')}>${t('disable.ask')}</button>`
                            : html`
                                <button type="button" class="button small"
                                    onClick=${() =>
                                        run(done(() => people.enable(user.username)))}>${t('enable')}</button>`}
                        <button type="button" class="button small danger"
                            onClick=${() => ask('remove')}>${t('remove.ask')}</button>
                    </p>
                </section>
            </div>
            ${asking === 'password' && html`
                <${ResetPassword} user=${user} changed=${changed} close=${() => ask(null)} />`}
            ${asked[asking] && html`
                <${Confirm} title=${t('askedTitle', { what: asked[asking].title, name: user.username })}
                    action=${asking === 'factor' ? t('factor.off.act') : asked[asking].title}
                    typed=${asking === 'remove' ? user.username : null} close=${() => ask(null)}
                    act=${() => acts[asking]().catch((failure) => { throw lastAdmin(failure); })}>
                    <p>${asked[asking].says}</p>
                <//>`}
        <//>`;
}

/** The same refusal in the words of this page. */
function lastAdmin(error) {
    if (error.status !== 409) return error;
    return Object.assign(error, { title: t('user.last'), detail: t('user.last.says') });
}

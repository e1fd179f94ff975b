// One account: its roles, and what else can be done to it.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { passwordFault, rightWords, roleWords } from '/lib/rights.js';
import { session } from '/lib/session.js';
import { people } from '/admin/api.js';
import { PasswordChoice, ShownPassword } from '/admin/user-add.js';
import { Refusal } from '/account/refusal.js';
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
        ? html`<${Refusal} title="This is the last administrator">Make somebody else one first; a hub without an administrator
            cannot be looked after.<//>`
        : html`<${Problem} error=${error} small level="h3" />`;
}

function RoleRow({ entry, index, roles, sites, change, remove }) {
    const pick = (key, word, options) => html`
        <div class="select-box wide">
            <select aria-label=${`${word} ${index + 1}`} value=${entry[key]}
                onChange=${(event) => change({ ...entry, [key]: event.target.value })}>
                ${options.map(([value, text]) => html`
                    <option key=${value} value=${value} selected=${value === entry[key]}>${text}</option>`)}
            </select>
            <${Icon} name="down" />
        </div>`;
    return html`
        <li class="role-row">
            ${pick('role', 'Role', roles.map((role) => [role.name, role.name]))}
            <span>at</span>
            ${pick('site', 'Site', [['*', 'all sites'], ...sites.map((site) => [site, site])])}
            <button type="button" class="icon-button" aria-label=${`Take role ${index + 1} away`} onClick=${remove}>
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
        toast({ text: `The roles of ${user.username} are changed.` });
        changed();
    };
    const rights = [...new Set(held.flatMap(({ role }) => roles.find((each) => each.name === role)?.permissions ?? []))];
    return html`
        <section class="stack" aria-labelledby="roles-name">
            <h3 id="roles-name">Roles</h3>
            ${held.length === 0 && html`<p class="quiet-line">No role: may sign in and see nothing.</p>`}
            <ul class="role-rows" role="list">${held.map((entry, index) => html`
                <${RoleRow} key=${index} entry=${entry} index=${index} roles=${roles} sites=${sites}
                    change=${(next) => put(index, next)} remove=${() => set(held.filter((_, at) => at !== index))} />`)}</ul>
            <p class="hint">${[...new Set(held.map(({ role }) => role))].map((role) => `${role}: ${roleWords(role)}.`).join(' ')}</p>
            <details class="rights">
                <summary>What these roles allow</summary>
                <ul>${rights.map((right) => html`<li key=${right}>${rightWords(right)}</li>`)}</ul>
            </details>
            <${Refused} error=${error} />
            <p class="actions">
                <button type="button" class="button small" onClick=${() => set([...held, { site: '*', role: 'viewer' }])}>
                    <${Icon} name="plus" /> Another role
                </button>
                <button type="button" class="button small primary" disabled=${same} aria-busy=${busy} onClick=${save}>
                    Save roles
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
        toast({ text: `The password of ${user.username} is changed.` });
        return true;
    };
    return html`
        <${Confirm} title=${`New password for ${user.username}`} action="Set the password" danger=${false} act=${act}
            close=${close}>
            <p>Every sign-in of ${user.username} ends.</p>
            <${PasswordChoice} how=${how} setHow=${setHow} password=${password} setPassword=${setPassword} error=${wrong} />
        <//>`;
}

const asked = {
    disable: { title: 'Disable', says: 'They are signed out at once and cannot sign in until you enable the account again.' },
    remove: { title: 'Remove', says: 'The account, its sessions and its tokens are gone. What it did stays in the audit.' },
    factor: { title: 'Turn the second factor off for', says: 'Their password alone is then enough to sign in.' },
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
                        <dt>State</dt>
                        <dd><${Badge} tone=${user.state === 'active' ? 'good' : 'bad'}
                            word=${user.state === 'active' ? 'Active' : 'Disabled'} quiet /></dd>
                    </div>
                    <div><dt>Second factor</dt><dd>${user.second_factor ? 'on' : 'off'}</dd></div>
                    <div><dt>Last sign-in</dt><dd><${Age} at=${instant(user.last_sign_in_at)} /></dd></div>
                    <div><dt>Added</dt><dd><${Age} at=${instant(user.created_at)} /></dd></div>
                </dl>
                <${Roles} key=${JSON.stringify(user.roles)} user=${user} roles=${roles} sites=${sites} changed=${changed} />
                <section class="stack" aria-labelledby="account-acts">
                    <h3 id="account-acts">Account</h3>
                    ${self && html`<p class="quiet-line">This is you: the rest is under <a href="/account">Account</a>.</p>`}
                    <${Refused} error=${error} />
                    <p class="actions">
                        ${!self && html`
                            <button type="button" class="button small" onClick=${() => ask('password')}>New password…</button>`}
                        ${user.second_factor && !self && html`
                            <button type="button" class="button small" onClick=${() => ask('factor')}>Second factor off…</button>`}
                        ${user.state === 'active'
                            ? html`<button type="button" class="button small" onClick=${() => ask('disable')}>Disable…</button>`
                            : html`
                                <button type="button" class="button small"
                                    onClick=${() => run(done(() => people.enable(user.username)))}>Enable</button>`}
                        <button type="button" class="button small danger" onClick=${() => ask('remove')}>Remove…</button>
                    </p>
                </section>
            </div>
            ${asking === 'password' && html`
                <${ResetPassword} user=${user} changed=${changed} close=${() => ask(null)} />`}
            ${asked[asking] && html`
                <${Confirm} title=${`${asked[asking].title} ${user.username}`} action=${asking === 'factor' ? 'Turn off' : asked[asking].title}
                    typed=${asking === 'remove' ? user.username : null} close=${() => ask(null)}
                    act=${() => acts[asking]().catch((failure) => { throw lastAdmin(failure); })}>
                    <p>${asked[asking].says}</p>
                <//>`}
        <//>`;
}

/** The same refusal in the words of this page. */
function lastAdmin(error) {
    if (error.status !== 409) return error;
    return Object.assign(error, { title: 'This is the last administrator', detail: 'Make somebody else one first; a hub '
        + 'without an administrator cannot be looked after.' });
}

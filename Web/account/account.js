// My account: who I am and what I may do, how I sign in, where I am signed in, and what programs may do in my name.

import { html } from '/lib/html.js';
import { useLoad, useSession } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { rightWords, roleWords, siteWords } from '/lib/rights.js';
import { accounts } from '/account/api.js';
import { SecondFactor } from '/account/factor.js';
import { ChangePassword } from '/account/password.js';
import { Sessions } from '/account/sessions.js';
import { Tokens } from '/account/tokens.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';

function Rights({ grants }) {
    return html`
        <details class="rights">
            <summary>What I may do</summary>
            ${grants.map((grant) => html`
                <div key=${grant.site}>
                    <h3>At ${siteWords(grant.site)}</h3>
                    <ul>${grant.permissions.map((right) => html`
                        <li key=${right}>${rightWords(right)} <code>${right}</code></li>`)}</ul>
                </div>`)}
        </details>`;
}

function Who({ me, grants }) {
    return html`
        <section class="card" aria-labelledby="who">
            <h2 id="who">${me.username}</h2>
            <dl class="facts">
                ${me.roles.map(({ role, site }) => html`
                    <div key=${`${role} ${site}`}>
                        <dt>${role}</dt>
                        <dd>${roleWords(role)}, at ${siteWords(site)}</dd>
                    </div>`)}
                ${me.roles.length === 0 && html`<div><dt>No role yet</dt><dd>Who administers this hub can give one</dd></div>`}
                <div><dt>Account since</dt><dd><${Age} at=${instant(me.created_at)} open label="Account since" /></dd></div>
            </dl>
            <${Rights} grants=${grants} />
        </section>`;
}

function Loading() {
    return html`
        <${Head} title="Account"><p class="lead"><span class="skeleton" data-shape="words" aria-hidden="true"></span></p><//>
        <div class="account"><${Skeleton} shape="block" count=${4} label="Loading your account" /></div>`;
}

export function Page() {
    const session = useSession();
    const { user, open } = session.state;
    const { data: me, error, reload } = useLoad(`account ${user?.username ?? ''}`,
        (options) => (user ? accounts.me(options) : Promise.resolve(null)));
    if (open && !user) return html`
        <${Head} title="Account" />
        <${Empty} icon="unlocked" title="Nobody signs in here">
            <p>This hub was started with <code>--open</code>: it knows no people, and everybody may do everything.</p>
            <p>Start it without <code>--open</code>, and it asks who you are.</p>
        <//>`;
    if (!me && error) return html`
        <${Head} title="Account" />
        <${Problem} error=${error} title="Your account could not be read" retry=${reload} />`;
    if (!me) return html`<${Loading} />`;
    return html`
        <${Head} title="Account">
            <p class="lead">
                Signed in as <strong>${me.username}</strong>
                <${Badge} tone=${me.second_factor ? 'good' : 'unknown'}
                    word=${me.second_factor ? 'Second factor on' : 'Password only'} quiet />
            </p>
        <//>
        <div class="account">
            <${Who} me=${me} grants=${user?.grants ?? []} />
            <${ChangePassword} name=${me.username} changed=${reload} />
            <${SecondFactor} on=${me.second_factor} changed=${reload} />
            <${Sessions} sessions=${me.sessions ?? []} changed=${reload} />
            <${Tokens} rights=${user?.permissions ?? []} />
        </div>`;
}

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
import { t } from '/account/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';

function Rights({ grants }) {
    return html`
        <details class="rights">
            <summary>${t('rights')}</summary>
            ${grants.map((grant) => html`
                <div key=${grant.site}>
                    <h3>${t('at', { site: siteWords(grant.site) })}</h3>
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
                        <dd>${t('role.at', { role: roleWords(role), site: siteWords(site) })}</dd>
                    </div>`)}
                ${me.roles.length === 0
                    && html`<div><dt>${t('role.none')}</dt><dd>${t('role.none.says')}</dd></div>`}
                <div><dt>${t('since')}</dt><dd><${Age} at=${instant(me.created_at)} open
                    label=${t('since')} /></dd></div>
            </dl>
            <${Rights} grants=${grants} />
        </section>`;
}

function Loading() {
    return html`
        <${Head} title=${t('account')}><${LeadSkeleton} /><//>
        <div class="account"><${Skeleton} shape="block" count=${4} label=${t('loading')} /></div>`;
}

export function Page() {
    const session = useSession();
    const { user, open } = session.state;
    const { data: me, error, reload } = useLoad(`account ${user?.username ?? ''}`,
        (options) => (user ? accounts.me(options) : Promise.resolve(null)));
    if (open && !user) return html`
        <${Head} title=${t('account')} />
        <${Empty} icon="unlocked" title=${t('open')}>
            <p>${t('open.says', { option: html`<code>--open</code>` })}</p>
            <p>${t('open.without', { option: html`<code>--open</code>` })}</p>
        <//>`;
    if (!me && error) return html`
        <${Head} title=${t('account')} />
        <${Problem} error=${error} title=${t('unread')} retry=${reload} />`;
    if (!me) return html`<${Loading} />`;
    return html`
        <${Head} title=${t('account')}>
            <p class="lead">
                ${t('signIn.as', { name: html`<strong>${me.username}</strong>` })}
                <${Badge} tone=${me.second_factor ? 'good' : 'unknown'}
                    word=${me.second_factor ? t('factor.isOn') : t('factor.isOff')} quiet />
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

// People: who may come in, and what each may do.

import { html, useState } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { siteWords } from '/lib/rights.js';
import { navigate, withQuery } from '/app/router.js';
import { people } from '/admin/api.js';
import { AddUser, ShownPassword } from '/admin/user-add.js';
import { UserDialog } from '/admin/user.js';
import { t } from '/admin/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { Search } from '/parts/search.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';

const rolesText = (user) => user.roles.map(({ role, site }) => `${role}, ${siteWords(site)}`).join('; ');

const columns = [
    { key: 'name', label: t('name'), head: true, cell: (user) => html`
        <a href=${withQuery({ user: user.username })} data-replace>${user.username}</a>` },
    { key: 'roles', label: t('roles'), cell: (user) => (user.roles.length === 0 ? html`<span
        class="absent">${t('factor.none')}</span>` : html`
        <ul class="chips" role="list">${user.roles.map(({ role, site }) => html`
            <li key=${`${role} ${site}`}><strong>${role}</strong> ${siteWords(site)}</li>`)}</ul>`) },
    { key: 'state', label: t('state'), cell: (user) => html`
        <${Badge} tone=${user.state === 'active' ? 'good' : 'bad'}
            word=${user.state === 'active' ? t('active') : t('disabled')} quiet />` },
    { key: 'factor', label: t('factor'), cell: (user) => html`
        <${Badge} tone=${user.second_factor ? 'good' : 'unknown'}
            word=${user.second_factor ? t('on') : t('off')} quiet />` },
    { key: 'seen', label: t('user.lastSignIn'), align: 'end',
        cell: (user) => html`<${Age} at=${instant(user.last_sign_in_at)} />` },
];

function Loading() {
    return html`
        <${Head} title=${t('people')}><${LeadSkeleton} /><//>
        <div class="toolbar"><span class="skeleton" data-shape="bar" aria-hidden="true"></span></div>
        <${Skeleton} shape="block" label=${t('people.loading')} />`;
}

export function Page({ query }) {
    const { data, error, reload } = useLoad('users', people.list);
    const [adding, add] = useState(false);
    const [shown, show] = useState(null);
    if (!data && error) return html`
        <${Head} title=${t('people')} /><${Problem} error=${error} title=${t('people.unread')}
            retry=${reload} />`;
    if (!data) return html`<${Loading} />`;
    const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const found = data.users.filter((user) => words.every((word) =>
        `${user.username} ${rolesText(user)} ${user.state}`.toLowerCase().includes(word)));
    const open = data.users.find((user) => user.username === query.get('user'));
    const close = () => navigate(withQuery({ user: null }), { replace: true });
    const button = html`<button type="button" class="button primary"
        onClick=${() => add(true)}>${t('user.add.ask')}</button>`;
    return html`
        <${Head} title=${t('people')} aside=${button}>
            <p class="lead">${t('people.says', { accounts: t('accounts', { count: data.users.length }) })}</p>
        <//>
        <search class="toolbar"><${Search} label=${t('people.search')}
            value=${query.get('q') ?? ''} /></search>
        ${found.length > 0 ? html`
            <${Table} caption=${t('people')} columns=${columns} rows=${found}
                rowKey=${(user) => user.username} />` : html`
            <${Empty} icon="search" title=${t('people.noneFits')} small>
                <p>${t('people.noneFits.says', { text: query.get('q') })}</p>
                <p class="actions"><a class="button" href=${withQuery({ q: null })}
                    data-replace>${t('filter.clear')}</a></p>
            <//>`}
        ${adding && html`
            <${AddUser} roles=${data.roles} sites=${data.sites} close=${() => add(false)}
                made=${(user) => { add(false); reload(); if (user.password) show(user); }} />`}
        ${shown && html`<${ShownPassword} name=${shown.username} password=${shown.password}
            close=${() => show(null)} />`}
        ${open && html`<${UserDialog} user=${open} roles=${data.roles} sites=${data.sites} close=${close}
            changed=${reload} />`}`;
}

import { html, useState } from '/lib/html.js';
import { instant } from '/lib/time.js';
import { session } from '/lib/session.js';
import { accounts } from '/account/api.js';
import { t } from '/account/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Confirm } from '/parts/confirm.js';
import { toast } from '/parts/toast.js';

// Names of programs, which are the same in every language.
const browsers = [[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
    [/curl\//, 'curl']];
const systems = [[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux']];

/** "Firefox on Linux"; the whole text stands in the title. */
export function agentWords(agent) {
    if (!agent) return t('agent.unknown');
    const find = (list) => list.find(([pattern]) => pattern.test(agent))?.[1];
    const [browser, system] = [find(browsers), find(systems)];
    return browser && system ? t('agent', { browser, system }) : browser ?? agent.slice(0, 40);
}

const shownFirst = 5;

function Entry({ entry, changed }) {
    const end = async () => {
        try { await accounts.endSession(entry.id); changed();
            } catch (error) { toast({ tone: 'bad', text: `${error.title}.` }); }
    };
    return html`
        <li class="row">
            <div>
                <strong title=${entry.user_agent}>${agentWords(entry.user_agent)}</strong>
                <p class="row-more">
                    ${t('session.says', {
                        address: html`<code>${entry.address ?? t('address.none')}</code>`,
                            used: html`<${Age} at=${instant(entry.last_used_at)} />`,
                        since: html`<${Age} at=${instant(entry.created_at)} />`,
                    })}
                </p>
            </div>
            ${entry.current ? html`<${Badge} tone="good" word=${t('session.this')} quiet />` : html`
                <button type="button" class="button small" onClick=${end}>
                    ${t('signOut')}<span
                        class="unseen"> ${t('session.at',
                        { agent: agentWords(entry.user_agent), address: entry.address })}</span>
                </button>`}
        </li>`;
}

export function Sessions({ sessions, changed }) {
    const [asking, ask] = useState(false);
    const [all, showAll] = useState(false);
    // This one first, then by when each was used.
    const order = [...sessions].sort((a, b) => b.current - a.current
        || instant(b.last_used_at) - instant(a.last_used_at));
    const shown = all ? order : order.slice(0, shownFirst);
    return html`
        <section class="card" aria-labelledby="sessions">
            <h2 id="sessions">${t('sessions')}</h2>
            <ul class="rows" role="list">${shown.map((entry) => html`
                <${Entry} key=${entry.id} entry=${entry} changed=${changed} />`)}</ul>
            <p class="actions">
                ${order.length > shown.length && html`
                    <button type="button" class="button" onClick=${() => showAll(true)}>
                        ${t('showMore', { count: order.length - shown.length })}
                    </button>`}
                <button type="button" class="button danger"
                    onClick=${() => ask(true)}>${t('sessions.end.ask')}</button>
            </p>
            ${asking && html`
                <${Confirm} title=${t('sessions.end')} action=${t('sessions.end')} close=${() => ask(false)}
                    act=${() => session.leave({ everywhere: true })}>
                    <p>${t('sessions.end.says')}</p>
                <//>`}
        </section>`;
}

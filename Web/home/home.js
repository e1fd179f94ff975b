// What is running and what needs attention, over all systems. What is said of a system its solution knows (`front` in
// its `solution.js`).

import { html, useEffect } from '/lib/html.js';
import { api } from '/lib/api.js';
import { useLoad } from '/lib/hooks.js';
import { listed } from '/lib/i18n.js';
import { bytes } from '/lib/format.js';
import { session } from '/lib/session.js';
import { instant, onTick } from '/lib/time.js';
import { addressOf, mayOpen } from '/app/routes.js';
import { solutions } from '/app/solutions.js';
import { Attention } from '/home/attention.js';
import { BrokerGlance } from '/home/glance.js';
import { t } from '/home/words.js';
import { Age } from '/parts/age.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Glyph, Icon } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';
import { LeadSkeleton, Skeleton } from '/parts/skeleton.js';
import { SystemCard } from '/parts/system.js';

/** What is not live is asked for anew every so many seconds. */
const askEvery = 15;

/** What runs here, as the server says it. */
function useSystem() {
    const system = useLoad('system', api.system);
    useEffect(() => {
        let n = 0;
        return onTick(() => { n += 1; if (n % askEvery === 0 && !document.hidden) system.reload(); });
    }, [system.reload]);
    return system;
}

/** Solutions with something for the front page that this person may see. */
const shownHere = (name) => solutions.list.filter((solution) => solution[name] && session.may(solution[name].needs));

/** The sentence of the front page: what needs a person, named by those who know; else devices by their number alone. */
function headline(needs, elsewhere) {
    const found = needs.filter(([count]) => count > 0);
    if (found.length > 0) {
        return t('needsAttention', { count: found.reduce((sum, [count]) => sum + count, 0),
            what: listed(found.map(([, words]) => words)) });
    }
    return elsewhere > 0 ? t('needsAttention', { count: elsewhere, what: t('devices', { count: elsewhere }) })
        : t('well');
}

/** One system that runs here: as its solution draws it where there are devices, else what the server says. */
function System({ solution, module, front }) {
    const devices = front?.devices ?? solution.devices;
    const { title } = solution;
    const path = addressOf(solution, session);
    if (module?.Card && devices > 0) return html`<${module.Card} title=${title} path=${path} front=${front} />`;
    const words = t('devices', { count: solution.devices });
    const { attention } = solution;
    return html`
        <${SystemCard} title=${title} path=${path}>
            <p>${attention > 0 ? t('devicesNeed', { count: attention, attention, devices: words }) : words}</p>
        <//>`;
}

function Systems({ list, fronts, modules }) {
    return html`
        <div class="home-grid">
            <ul class="systems" role="list">${list.map((solution) => html`
                <${System} key=${solution.id} solution=${solution} module=${modules.get(solution.id)}
                    front=${fronts.get(solution.id)} />`)}</ul>
            ${session.may('broker.view', '*') && html`<${BrokerGlance} />`}
        </div>`;
}

/** A note about who can reach this. */
function Alone({ system }) {
    const http = system.listeners?.http ?? '';
    if (!/^(127\.|localhost|\[?::1)/.test(http)) return null;
    return html`
        <p class="note">
            <${Icon} name="lock" />
            <span>
                <strong>${t('alone')}</strong> ${t('alone.says',
                    { http: html`<code>${http}</code>`, mqtt: html`<code>${system.listeners.mqtt}</code>` })}
            </span>
        </p>`;
}

/** For an administrator: solutions whose pages are not there. */
function Broken({ list }) {
    return html`
        <p class="note">
            <${Icon} name="warning" />
            <span>
                <strong>${t('broken',
                    { solutions: listed(list.map(({ title }) => title)) })}</strong> ${t('broken.says')}
            </span>
        </p>`;
}

function Notes({ system }) {
    const broken = session.may('settings.manage', '*') ? solutions.list.filter(({ failed }) => failed) : [];
    if (!system && broken.length === 0) return null;
    return html`
        <aside class="notes" aria-label=${t('about')}>
            ${system && html`<${Alone} system=${system} />`}
            ${broken.length > 0 && html`<${Broken} list=${broken} />`}
        </aside>`;
}

function Loading() {
    return html`
        <${Head} title=${t('title')}>
            <${LeadSkeleton} />
        <//>
        <div class="home-grid"><${Skeleton} shape="block" count=${2} label=${t('loading')} /></div>`;
}

/** For somebody who may see no system that speaks for itself: what runs here, as far as they may know it. */
function ByTheServer({ modules }) {
    const nothing = { solutions: [] };
    const { data, error, reload } = useLoad('system',
        (options) => (session.may('system.view') ? api.system(options) : Promise.resolve(nothing)));
    if (!data && error) return html`
        <${Head} title=${t('title')} /><${Problem} error=${error} title=${t('unread')} retry=${reload} />`;
    if (!data) return html`<${Loading} />`;
    const list = data.solutions.filter((solution) => mayOpen(session, solution.path));
    return html`
        <${Head} title=${t('title')}><p class="lead">${t('who', { name: session.state.user?.username })}</p><//>
        ${list.length === 0 && html`
            <${Empty} icon="lock" title=${t('nothing')}>
                <p>${t('nothing.says')}</p>
                <p class="actions"><a class="button primary" href="/account">${t('may')}</a></p>
            <//>`}
        <${Systems} list=${list} fronts=${new Map()} modules=${modules} />
        <${Notes} system=${null} />`;
}

/** What a hub without any device shows: how its first one appears. */
function First({ solution }) {
    const { data } = useLoad(`first ${solution.id}`, solution.first.load);
    return data && html`<${data.First} />`;
}

/**
 * @param speakers solutions that say themselves how they are: a list that stays the same, as each is asked by a hook
 * of its own
 */
function Everything({ speakers, modules }) {
    const system = useSystem();
    const fronts = new Map(speakers.map(({ id }) => [id, modules.get(id).useFront()]));
    const all = [...fronts.values()];
    const fault = all.find(({ loaded, error }) => !loaded && error);
    if (fault) return html`
        <${Head} title=${t('title')} />
        <${Problem} error=${fault.error} title=${t('unreachable')}
            retry=${() => { fault.retry(); system.reload(); }} />`;
    if (all.some(({ loaded }) => !loaded) || (system.loading && !system.data)) return html`<${Loading} />`;
    const list = system.data?.solutions ?? speakers.map(({ id, title, path }) => {
        const { devices, attention } = fronts.get(id);
        return { id, title, path, devices, attention };
    });
    // The other systems say by the server how many of their devices a person should look at.
    const others = list.filter(({ id, devices }) => !fronts.has(id) && devices > 0)
        .map((solution) => ({ ...solution, path: addressOf(solution, session) }));
    const elsewhere = others.reduce((sum, { attention }) => sum + attention, 0);
    const isEmpty = all.reduce((sum, { devices }) => sum + devices, 0) + others.length === 0;
    const needs = all.flatMap((front) => front.needs);
    const first = isEmpty ? shownHere('first')[0] : null;
    const tone = elsewhere > 0 || needs.some(([count]) => count > 0) ? 'warn' : 'good';
    const verdicts = all.map(({ verdict }) => verdict).filter(Boolean);
    return html`
        <${Head} title=${t('title')}
            words=${html`
                <span class="headline" data-tone=${tone}>
                    ${!isEmpty && html`<${Glyph} tone=${tone} />`}
                    ${first ? first.first.title : headline(needs, elsewhere)}
                </span>`}>
            ${verdicts.length > 0 && html`<p class="lead">${verdicts.join(' ')}</p>`}
        <//>
        <${Attention} fronts=${all} others=${others} />
        ${first && html`<${First} solution=${first} />`}
        <section aria-labelledby="running">
            <div class="section-head"><h2 id="running">${t('running')}</h2></div>
            <${Systems} list=${list} fronts=${fronts} modules=${modules} />
        </section>
        <${Notes} system=${system.data} />
        ${system.data && html`
            <p class="colophon">
                ${t('colophon', { version: system.data.version, bytes: bytes(system.data.data_bytes),
                    age: html`<${Age} at=${instant(system.data.started_at)} lasting />` })}
            </p>`}`;
}

export function Page() {
    const shown = shownHere('front');
    // One whose part is missing is drawn as the server says it is; the others are not held up.
    const { data } = useLoad(`fronts ${shown.map(({ id }) => id)}`, async () => new Map(await Promise.all(shown.map(
        ({ id, front }) => front.load().then((module) => [id, module], () => [id, {}])))));
    if (!data) return html`<${Loading} />`;
    const speakers = shown.filter(({ id }) => data.get(id)?.useFront);
    const key = speakers.map(({ id }) => id).join();
    return speakers.length > 0
        ? html`<${Everything} key=${key} speakers=${speakers} modules=${data} />` : html`<${ByTheServer}
            modules=${data} />`;
}

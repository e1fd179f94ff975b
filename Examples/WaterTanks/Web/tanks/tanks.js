// All tanks: how full each is, how that was over the last day, and its valve.

import { html } from '/lib/html.js';
import { ask } from '/lib/api.js';
import { dayWords, number, percent } from '/lib/format.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { session } from '/lib/session.js';
import { instant, now } from '/lib/time.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Spark } from '/parts/spark.js';
import { toast } from '/parts/toast.js';
import { Inspections } from '/tanks/inspections.js';
import { Plans } from '/tanks/plans.js';
import { needing, useTanks } from '/tanks/store.js';
import { t } from '/tanks/words.js';

const tones = { filled: 'good', low: 'bad', overflowing: 'warn', unknown: 'unknown' };
const day = 86_400;

/** A line of the last day; the newest level comes from the tank itself. */
function Trend({ tank }) {
    const path = `/api/tanks/${encodeURIComponent(tank.device_id)}/levels`;
    const { data } = useLoad(path, (options) => ask('GET', path, options));
    const daysPath = `/api/tanks/${encodeURIComponent(tank.device_id)}/days?limit=1`;
    const { data: days } = useLoad(daysPath, (options) => ask('GET', daysPath, options));
    const last = days?.days[0];
    const present = now() / 1000;
    const points = (data?.levels ?? []).filter(([, level]) => level !== null)
        .map(([at, level]) => [instant(at) / 1000, level]);
    if (tank.level !== null && tank.last_seen) points.push([instant(tank.last_seen) / 1000, tank.level]);
    return html`
        <figure class="tank-trend">
            <${Spark} points=${points} from=${present - day} to=${present} least=${20} hole=${2 * day / 240}
                stale=${tank.state === 'unknown'} />
            <figcaption>${t('lastDay')}${last && html`<br />${t('drawn',
                { litres: number(last.litres, 0), day: dayWords(last.day) })}`}</figcaption>
        </figure>`;
}

function Valve({ tank }) {
    const { busy, run } = useAction();
    const tell = (command) => run(async () => {
        const { title } = tank;
        try {
            await ask('POST', `/api/devices/${encodeURIComponent(tank.device_id)}/commands`, { body: { command } });
            toast({ text: t('commandGiven', { title, command }) });
        } catch (error) {
            toast({ tone: 'bad', text: t('commandFailed', { title, message: error.message }) });
        }
    });
    return html`
        <div class="actions" role="group" aria-label=${t('valveOf', { title: tank.title })}>
            <button type="button" class="button" disabled=${busy} onClick=${() => tell('open')}>
                ${t('openValve')}</button>
            <button type="button" class="button" disabled=${busy} onClick=${() => tell('close')}>
                ${t('closeValve')}</button>
        </div>`;
}

function Tank({ tank }) {
    const { level, litres, title, state } = tank;
    return html`
        <li class="card tank" data-tone=${tones[state]}>
            <header>
                <h2>${title}</h2>
                <${Badge} tone=${tones[state]} word=${t(`state.${state}`)} since=${instant(tank.state_since)} quiet />
            </header>
            <div class="tank-body">
                <div class="tank-gauge" role="meter" aria-label=${t('levelOf', { title })} aria-valuemin="0"
                    aria-valuemax="100" aria-valuenow=${level ?? 0} aria-valuetext=${level === null ? t('noLevel') : null}>
                    <span style=${{ blockSize: `${level ?? 0}%` }}></span>
                </div>
                <div>
                    ${level === null ? html`<p>${t('noLevel')}</p>` : html`
                        <p class="tile-number">${percent(level / 100)}</p>
                        <p class="tank-litres">${t('litresOf',
                            { held: number(level * litres / 100, 0), all: number(litres, 0) })}</p>`}
                    <${Trend} tank=${tank} />
                </div>
            </div>
            <${Inspections} tank=${tank} />
            <footer>
                <span class="tank-seen">${t('heardOfAge', { age: html`<${Age} at=${instant(tank.last_seen)} />` })}</span>
                ${session.may('tanks.command', tank.site) && html`<${Valve} tank=${tank} />`}
            </footer>
        </li>`;
}

function Body({ tanks }) {
    if (tanks.length === 0) return html`
        <${Empty} icon="tanks" title=${t('none')}>
            <p>${t('noneSays', { topic: html`<code>tanks/NAME/level</code>` })}</p>
            ${session.may('devices.view') && html`<p class="actions"><a class="button primary"
                href="/admin/devices">${t('devices')}</a></p>`}
        <//>`;
    return html`<ul class="tanks" role="list">${tanks.map((tank) => html`
        <${Tank} key=${tank.device_id} tank=${tank} />`)}</ul>`;
}

export function Page() {
    const { tanks, loaded, error, retry } = useTanks();
    if (!loaded && error) return html`
        <${Head} title=${t('tanks')} /><${Problem} error=${error} title=${t('couldNotBeRead')} retry=${retry} />`;
    if (!loaded) return html`
        <${Head} title=${t('tanks')} />
        <ul class="tanks" role="list"><${Skeleton} shape="card" count=${3} label=${t('loading')} /></ul>`;
    const count = needing(tanks);
    return html`
        <${Head} title=${t('tanks')}>
            ${tanks.length > 0 && html`<p class="lead">${count > 0 ? t('someNeed', { count }) : t('allFilled')}</p>`}
        <//>
        <${Body} tanks=${tanks} />
        <${Plans} />`;
}

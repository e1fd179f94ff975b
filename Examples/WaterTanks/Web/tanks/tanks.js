// All tanks: how full each is, how that was over the last day, and its valve.

import { html, useRef } from '/lib/html.js';
import { address, ask } from '/lib/api.js';
import { dayWords, number, percent } from '/lib/format.js';
import { session } from '/lib/session.js';
import { instant, now } from '/lib/time.js';
import { useSeen, useTrail } from '/lib/trail.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { CommandButtons } from '/parts/command-buttons.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Spark } from '/parts/spark.js';
import { AddTank } from '/tanks/add.js';
import { Inspections } from '/tanks/inspections.js';
import { Links } from '/tanks/links.js';
import { Plans } from '/tanks/plans.js';
import { needing, useTanks } from '/tanks/store.js';
import { t } from '/tanks/words.js';

const tones = { filled: 'good', low: 'bad', overflowing: 'warn', unknown: 'unknown' };
const day = 86_400;
/** Seconds between the points of a trend: 240 fill it. */
const step = 360;

const levels = (id) => (query, options) =>
    ask('GET', address(`/api/tanks/${encodeURIComponent(id)}/levels`, query), options);

/** A line of the last day, read when it comes into view; the newest level comes from the tank itself. */
function Trend({ tank }) {
    const element = useRef(null);
    const active = useSeen(element);
    const { points, error, reload } = useTrail({
        of: tank.device_id, read: levels(tank.device_id), field: 'level', active, seconds: day, step,
        latest: { value: tank.level, observed_at: tank.last_seen },
    });
    const present = now() / 1000;
    const drawn = tank.last_day;
    return html`
        <figure class="tank-trend" ref=${element}>
            <${Spark} points=${points} from=${present - day} to=${present} least=${20} hole=${2 * step}
                stale=${tank.state === 'unknown'} />
            <figcaption>
                ${error ? html`${t('trendUnread')} <button type="button" class="link" onClick=${reload}>
                    ${t('again')}<span class="unseen"> ${t('levelOf', { title: tank.title })}</span></button>`
                    : t('lastDay')}
                ${drawn && html`<br />${t('drawn',
                    { litres: number(drawn.litres, 0), day: dayWords(drawn.day) })}`}
            </figcaption>
        </figure>`;
}

const Valve = ({ tank: { device_id: id, site, title } }) => html`
    <${CommandButtons} id=${id} kind="tank" site=${site} label=${t('valveOf', { title })}
        given=${(command) => t('commandGiven', { title, command })}
        refused=${(_, { message }) => t('commandFailed', { title, message })} />`;

/** How full it is. Of a tank that is silent, how full it was: struck through, and said so. */
function Level({ tank: { level, litres, state, last_seen: seen } }) {
    if (level === null) return html`<p>${t('noLevel')}</p>`;
    const isOld = state === 'unknown';
    return html`
        <p class="value" data-size="large" data-stale=${isOld}>
            <span class="value-number">${percent(level / 100)}</span>
        </p>
        <p class="tank-litres">${isOld ? t('lastKnown', { age: html`<${Age} at=${instant(seen)} />` }) : t('litresOf',
            { held: number(level * litres / 100, 0), all: number(litres, 0) })}</p>`;
}

function Tank({ tank }) {
    const { level, title, state } = tank;
    const levelWords = level === null ? t('noLevel')
        : state === 'unknown' ? t('oldLevel', { level: percent(level / 100) }) : null;
    return html`
        <li class="card tank" data-tone=${tones[state]}>
            <header>
                <h2>${title}</h2>
                <${Badge} tone=${tones[state]} word=${t(`state.${state}`)} since=${instant(tank.state_since)} quiet />
            </header>
            <div class="tank-body">
                <div class="tank-gauge" role="meter" aria-label=${t('levelOf', { title })} aria-valuemin="0"
                    aria-valuemax="100" aria-valuenow=${level ?? 0} aria-valuetext=${levelWords}>
                    <span style=${{ blockSize: `${level ?? 0}%` }}></span>
                </div>
                <div>
                    <${Level} tank=${tank} />
                    <${Trend} tank=${tank} />
                </div>
            </div>
            <${Inspections} tank=${tank} />
            <${Links} tank=${tank} />
            <footer>
                <span class="tank-seen">${tank.last_seen === null ? t('unheard')
                    : t('heardFrom', { age: html`<${Age} at=${instant(tank.last_seen)} />` })}</span>
                <${Valve} tank=${tank} />
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
        <${Head} title=${t('tanks')} aside=${html`<${AddTank} />`}>
            ${tanks.length > 0 && html`<p class="lead">${count > 0 ? t('someNeed', { count }) : t('allFilled')}</p>`}
        <//>
        <${Body} tanks=${tanks} />
        <${Plans} />`;
}

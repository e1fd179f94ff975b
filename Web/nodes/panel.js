// One node as a panel: its name and state, its main value with where that came from, its other values, its signal.

import { html, useRef } from '/lib/html.js';
import { describe } from '/lib/fields.js';
import { isStale } from '/lib/silence.js';
import { instant, now } from '/lib/time.js';
import { useSeen, useTrail } from '/lib/trail.js';
import { api } from '/nodes/api.js';
import { readingFields } from '/nodes/fields.js';
import { isWell, nodeAddress, stateOf, states } from '/nodes/model.js';
import { t } from '/nodes/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Signal } from '/parts/signal.js';
import { Spark } from '/parts/spark.js';
import { Value } from '/parts/value.js';

/** Beside the main value there is room for three; with more fields two and how many more. */
const room = 3;

/** A quarter of an hour. */
const trailSeconds = 900;

export function NodePanel({ node }) {
    const element = useRef(null);
    const seen = useSeen(element);
    const present = now();
    const { state, since } = stateOf(node, present);
    const fields = readingFields(node);
    const [main, ...rest] = fields;
    const { points } = useTrail({ of: node.node_id, field: main, latest: main ? node.latest[main] : null, active: seen,
        read: (query, options) => api.readings(node.node_id, query, options), seconds: trailSeconds });
    // A node that has just begun fills its sparkline sooner than in a quarter of an hour.
    const start = Math.max(present / 1000 - trailSeconds, Math.min(points[0]?.[0] ?? 0, present / 1000 - 120));
    const stale = (field) => !isWell(state) || isStale(node, node.latest[field].observed_at, present);
    const others = rest.length > room ? rest.slice(0, room - 1) : rest;
    const hidden = rest.length - others.length;
    return html`
        <article class="panel" data-state=${state} ref=${element} aria-labelledby=${`node-${node.node_id}`}>
            <header>
                <h3 id=${`node-${node.node_id}`}><a href=${nodeAddress(node)}>${node.node_id}</a></h3>
                <${Signal} rssi=${node.wifi_rssi} compact />
            </header>
            <div class="panel-main">
                ${main
                    ? html`
                        <div>
                            <p class="panel-label">${describe(main).label}</p>
                            <${Value} field=${main} raw=${node.latest[main].value} stale=${stale(main)} size="large" />
                        </div>
                        <${Spark} points=${points} from=${start} to=${present / 1000}
                            least=${describe(main).least} hole=${Math.max(60, node.stale_after_seconds)}
                            stale=${stale(main)} />`
                    : html`<p class="panel-none">${t('readings.none')}</p>`}
            </div>
            <dl class="panel-values">
                ${others.map((field) => html`
                    <div key=${field}>
                        <dt>${describe(field).label}</dt>
                        <dd><${Value} field=${field} raw=${node.latest[field].value} stale=${stale(field)} /></dd>
                    </div>`)}
                ${hidden > 0 && html`
                    <div class="panel-more"
                        title=${rest.slice(room - 1).map((field) => describe(field).label).join(', ')}><dt
                        class="unseen">${t('fields.rest')}</dt><dd>+${hidden}</dd></div>`}
            </dl>
            <footer>
                <${Badge} tone=${states[state].tone} word=${states[state].word} title=${states[state].says}
                    since=${state === 'online' ? null : since} quiet=${state === 'online'} />
                <span class="panel-seen">
                    ${node.open_commands > 0
                        && html`<span>${t('commands.open', { count: node.open_commands })}</span> · `}
                    <span class="unseen">${t('heard.column')} </span>
                    <${Age} at=${instant(node.last_seen)} />
                </span>
            </footer>
        </article>`;
}

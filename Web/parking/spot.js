import { html } from '/lib/html.js';
import { number } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { kindWord, sourceOf, sources, statuses } from '/parking/model.js';
import { dayAndClock } from '/parking/zone.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Icon } from '/parts/icons.js';

/** One spot: what it is, since when, and how that is known. */
export function SpotCard({ lot, spot, status, close, children }) {
    const { word, tone, says } = statuses[status];
    const since = instant(spot.since);
    const heard = instant(spot.sensor?.heard_at ?? spot.observed_at);
    const override = spot.override ?? null;
    const until = instant(override?.until);
    const doubted = status !== spot.status;
    return html`
        <section class="spot-card" aria-label=${`Spot ${spot.label ?? spot.spot_id}`}>
            <div class="card-head">
                <h3>${spot.label ?? spot.spot_id}</h3>
                <button type="button" class="icon-button" aria-label="Close" onClick=${close}><${Icon} name="close" /></button>
            </div>
            <p><${Badge} tone=${tone} word=${word} /> <span class="hint">${doubted ? 'the car park has not been heard for too long' : says}</span></p>
            <dl class="facts">
                <div><dt>Kind</dt><dd>${kindWord(spot.kind)}${spot.level ? `, level ${spot.level}` : ''}${spot.zone ? `, zone ${spot.zone}` : ''}</dd></div>
                ${!doubted && since !== null && since !== undefined && html`<div><dt>Since</dt><dd><${Age} at=${since} open label="Since" /></dd></div>`}
                ${!doubted && html`<div><dt>Known from</dt><dd>${sources[sourceOf(spot)]}${override && until ? `, until ${dayAndClock(until, lot.time_zone ?? 'UTC')}` : ''}</dd></div>`}
                <div><dt>Sensor heard</dt><dd>${heard ? html`<${Age} at=${heard} open label="Sensor heard" />` : 'never'}${
                    Number.isFinite(spot.distance) ? `, ${number(spot.distance, 0)} cm` : ''}</dd></div>
            </dl>
            ${children}
        </section>`;
}

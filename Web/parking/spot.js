import { html } from '/lib/html.js';
import { dayAndMinuteIn, inUnit, number } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { kindWord, sourceOf, sources, statuses } from '/parking/model.js';
import { t } from '/parking/words.js';
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
    const what = [
        kindWord(spot.kind), spot.level && t('isOnLevel', { level: spot.level }),
            spot.zone && t('isInZone', { zone: spot.zone }),
    ].filter(Boolean).join(', ');
    const source = sources[sourceOf(spot)];
    return html`
        <section class="spot-card" aria-label=${t('booking.spot', { spot_id: spot.label ?? spot.spot_id })}>
            <div class="card-head">
                <h3>${spot.label ?? spot.spot_id}</h3>
                <button type="button" class="icon-button" aria-label=${t('close')} onClick=${close}>
                    <${Icon} name="close" /></button>
            </div>
            <p><${Badge} tone=${tone} word=${word} /> <span
                class="hint">${doubted ? t('doubt.lot') : says}</span></p>
            <dl class="facts">
                <div><dt>${t('kind')}</dt><dd>${what}</dd></div>
                ${!doubted && since !== null && since !== undefined && html`<div><dt>${t('since')}</dt><dd>
                    <${Age} at=${since} open label=${t('since')} /></dd></div>`}
                ${!doubted && html`<div><dt>${t('knownFrom')}</dt><dd>${override && until
                    ? t('source.until', { source, time: dayAndMinuteIn(until, lot.time_zone ?? 'UTC') })
                        : source}</dd></div>`}
                <div><dt>${t('sensorHeard')}</dt><dd>${heard ? html`<${Age} at=${heard} open
                    label=${t('sensorHeard')} />` : t('heard.never')}${
                    Number.isFinite(spot.distance) ? `, ${inUnit(number(spot.distance, 0), 'cm')}` : ''}</dd></div>
            </dl>
            ${children}
        </section>`;
}

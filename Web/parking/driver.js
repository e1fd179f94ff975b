// For drivers, signed in or not: where is a free spot, will there be one, what will it cost.

import { html } from '/lib/html.js';
import { useConnection, useSession, useTick } from '/lib/hooks.js';
import { navigate, withQuery } from '/app/router.js';
import { Loading, outOfReach } from '/parking/loading.js';
import { fullness, kinds, levelWords, sentence } from '/parking/model.js';
import { Legend, Plan } from '/parking/plan.js';
import solution from '/parking/solution.js';
import { SpotCard } from '/parking/spot.js';
import { useLot } from '/parking/store.js';
import { wayTo } from '/parking/way.js';
import { t } from '/parking/words.js';
import { Age } from '/parts/age.js';
import { CopyLink } from '/parts/copy.js';
import { Empty } from '/parts/empty.js';
import { Crumb, Head } from '/parts/head.js';
import { Glyph, Icon } from '/parts/icons.js';
import { Later } from '/parts/later.js';
import { OfflineShell } from '/parts/offline.js';
import { Problem } from '/parts/problem.js';
import { LinkChoice } from '/parts/tabs.js';
import { useHighlight } from '/parts/highlight.js';

/** How fresh the page is, in words. */
export function Freshness({ contact }) {
    const { status, isFull } = useConnection();
    useTick();
    if (status === 'open') return html`
        <p class="fresh" data-live="true"><span class="connection-dot"
            aria-hidden="true"></span>${t('fresh.live')}</p>`;
    if (contact === 0) return html`<p class="fresh">${t('fresh.none')}</p>`;
    return html`
        <p class="fresh" data-live="false">
            <${Icon} name="clock" />
            <span>${t(isFull ? 'fresh.asked' : 'fresh.at', { age: html`<${Age} at=${contact} />` })}</span>
        </p>`;
}

function Count({ counts, contact }) {
    const tone = fullness(counts);
    const isKnown = tone !== 'unknown' || counts.free > 0;
    const element = useHighlight(counts.free);
    const special = [...counts.kinds].filter(([kind]) => kinds[kind]?.letter);
    return html`
        <section class="count-card card" data-tone=${tone} aria-label=${t('freeSpots')}>
            <p class="count-now">
                <span class="count-number" ref=${element} data-unknown=${!isKnown}>${isKnown ? counts.free : '?'}</span>
                <span class="count-of">
                    <${Glyph} tone=${tone} />${isKnown ? t('freeOf', { total: counts.total }) : t('isNotKnown')}</span>
            </p>
            <p class="count-words" role="status">${sentence(counts)}</p>
            ${special.length > 0 && html`
                <ul class="count-kinds" role="list">${special.map(([kind, each]) => html`
                    <li key=${kind}><span class="legend-letter" aria-hidden="true">${kinds[kind].letter}</span>
                        ${t('kind.free', { kind: kinds[kind].word, free: html`<strong>${each.free}</strong>`,
                            total: each.total })}</li>`)}</ul>`}
            <${Freshness} contact=${contact} />
        </section>`;
}

/** The plan of one level, which one being in the address. */
export function PlanCard({ lot, spots, status, counts, query, heading = 'Plan', children }) {
    const levels = [...counts.levels];
    const wanted = query.get('level');
    const chosen = spots.find((spot) => spot.spot_id === query.get('spot')) ?? null;
    const level = levels.some(([each]) => each === wanted) ? wanted : chosen?.level ?? levels[0]?.[0] ?? null;
    const shown = spots.filter((spot) => (spot.level ?? '0') === level);
    const choose = (spot) => navigate(withQuery({ spot: spot.spot_id === chosen?.spot_id ? null : spot.spot_id }),
        { replace: true });
    return html`
        <section class="card plan-card" aria-labelledby="plan-name">
            <div class="card-head">
                <h2 id="plan-name">${heading}</h2>
                ${levels.length > 1 && html`
                    <${LinkChoice} label=${t('level')} name="level" clear=${['spot']} value=${level}
                        options=${levels.map(([each, { free }]) =>
                            [each, levelWords(each), html`<span class="amount">${free}</span>`])} />`}
            </div>
            <${Plan} lot=${lot} level=${levels.length > 1 ? level : null} spots=${shown} status=${status}
                chosen=${chosen?.spot_id ?? null} choose=${choose} />
            <${Legend} counts=${counts.levels.get(level) ?? counts.all}
                present=${new Set(shown.map((spot) => spot.kind))} />
            ${chosen ? html`<${SpotCard} key=${chosen.spot_id} lot=${lot} spot=${chosen} status=${status(chosen)}
                close=${() => choose(chosen)}>${children?.(chosen)}<//>`
                : html`<p class="hint">${t('spot.tap')}</p>`}
        </section>`;
}

/** @param alone whether it is the only lot there is, which has no list to go back to */
export function LotPage({ id, query, alone }) {
    const { lot, spots, status, counts, contact, error, reload } = useLot(id);
    const session = useSession();
    const above = !alone && html`<${Crumb} path="/parking" word=${t('lots.all')} />`;
    if (!lot && error?.status === 404) return html`
        <${Head} title=${t('lot.missing')} above=${above} />
        <${Empty} icon="parking" title=${t('lot.missing.title')}>
            <p>${t('lot.missing.says')}</p>
            <p class="actions"><a class="button primary" href="/parking">${t('lots.all')}</a></p>
        <//>`;
    if (!lot && error) return html`
        <${Head} title=${t('carPark')} above=${above} /><${Problem} error=${error} title=${t('lot.unread')}
            outOfReach=${outOfReach} retry=${reload} />`;
    if (!lot) return html`<${Loading} title=${t('parking')} />`;
    const mayOwn = session.may('parking.view', lot.site ?? null);
    const way = wayTo(lot, navigator.userAgent);
    const chosen = spots.find((spot) => spot.spot_id === query.get('spot')) ?? null;
    return html`
        <${Head} title=${lot.name} above=${above}
            aside=${mayOwn && html`<a class="button"
                href=${`/parking/owner/${encodeURIComponent(lot.lot_id)}`}>${t('lot.run')}</a>`}>
            <p class="lead">
                ${lot.address && html`<span>${lot.address}</span>`}
                ${way && html`<a class="way" href=${way} target="_blank" rel="noopener">${t('way')}</a>`}
                ${lot.address && html`<${CopyLink} text=${lot.address} word=${t('address.copy')} />`}
            </p>
        <//>
        ${spots.length === 0 ? html`
            <${Empty} icon="parking" title=${t('spots.none')}>
                <p>${t('spots.none.says')}</p>
                ${mayOwn && html`<p class="actions"><a class="button primary"
                    href=${`/parking/owner/${encodeURIComponent(lot.lot_id)}?tab=settings`}>${t('spots.add')}</a></p>`}
            <//>` : html`<div class="driver">
            <div class="driver-first">
                <${Count} counts=${{ ...counts.all, kinds: counts.kinds }} contact=${contact} />
                <${PlanCard} lot=${lot} spots=${spots} status=${status} counts=${counts} query=${query}>
                        ${(spot) => (status(spot) === 'free' ? html`
                            <p class="actions"><a class="button primary"
                                href="#reserve">${t('booking.reserveSpot',
                                    { spot: spot.label ?? spot.spot_id })}</a></p>` : null)}
                <//>
            </div>
            <div class="driver-more">
                <${Later} load=${() => import('/parking/driver-more.js')} word=${t('more')} wanted=${chosen !== null}
                    lot=${lot} kinds=${[...counts.kinds.keys()]} spots=${spots} chosen=${chosen} />
            </div>
        </div>`}
        <${OfflineShell} worker=${solution.worker} />`;
}

export function Page({ params, query }) {
    return html`<${LotPage} key=${params.lot} id=${params.lot} query=${query} alone=${false} />`;
}

// How the lot is now, and how it was.

import { html } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { amount, duration, number, percent } from '/lib/format.js';
import { withQuery } from '/app/router.js';
import { parking } from '/parking/api.js';
import { LotCSV } from '/parking/lot-csv.js';
import { PlanCard } from '/parking/driver.js';
import { t } from '/parking/owner-words.js';
import { Empty } from '/parts/empty.js';
import { Occupancy } from '/parts/occupancy.js';
import { Tile } from '/parts/tile.js';

const series = [{ label: t('occupied'), tone: '--chart-1' }];

export function NowTab({ lot, spots, status, counts, query, may }) {
    const { data: stats } = useLoad(`stats ${lot.lot_id}`, (options) => parking.stats(lot.lot_id, options));
    const { all } = counts;
    if (spots.length === 0) return html`
        <${Empty} icon="parking" title=${t('now.none')}>
            <p>${t('now.none.says')}</p>
            ${may('parking.manage') && html`<p class="actions"><a class="button primary"
                href=${withQuery({ tab: 'settings' })} data-replace>${t('spots.add')}</a></p>`}
        <//>`;
    const known = all.free + all.occupied + all.reserved;
    return html`
        <div class="owner-stack">
            <dl class="tiles money-tiles">
                <${Tile} label=${t('free')} value=${known > 0 ? number(all.free, 0) : '?'}
                    unit=${t('unitOf', { total: all.total })} />
                <${Tile} label=${t('occupied')} value=${number(all.occupied, 0)}
                    note=${known > 0 ? t('history.known', { occupied: percent(all.occupied / known) }) : null} />
                <${Tile} label=${t('unknown')} value=${number(all.unknown, 0)} tone=${all.unknown > 0 ? 'warn' : null}
                    note=${t(all.unknown > 0 ? 'sensors.silent' : 'sensors.allHeard')} />
                <${Tile} label=${t('outOfService')} value=${number(all.out_of_service, 0)}
                    note=${all.reserved > 0 ? t('countReserved', { count: all.reserved }) : null} />
                ${may('parking.money') && html`<${Tile} label=${t('revenue.today')}
                    value=${amount(stats?.revenue_today_minor, stats?.currency)} />`}
                <${Tile} label=${t('turnover.today')} value=${number(stats?.turnover, 1)} note=${t('unit.turnover')} />
                <${Tile} label=${t('meanStay')}
                    value=${Number.isFinite(stats?.mean_stay_seconds) ? duration(stats.mean_stay_seconds) : '–'} />
            </dl>
            <div class="owner-grid">
            ${spots.length > 0 && html`<${PlanCard} lot=${lot} spots=${spots} status=${status} counts=${counts}
                query=${query} />`}
            <section aria-labelledby="history-name"><h2 id="history-name" class="unseen">${t('history')}</h2>
                <${Occupancy} of=${lot.lot_id} label=${t('history.chart')} series=${series} query=${query}
                    read=${(asked, options) => parking.history(lot.lot_id, asked, options)}
                    csv=${(asked) => html`<${LotCSV} lot=${lot} name="history" query=${asked} />`} /></section>
            </div>
        </div>`;
}

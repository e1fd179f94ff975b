// How the lot is now, and how it was.

import { html, useMemo } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { now } from '/lib/time.js';
import { amount, duration, number, percent } from '/lib/format.js';
import { stepFor, stepText } from '/parking/spacing.js';
import { withQuery } from '/app/router.js';
import { parking } from '/parking/api.js';
import { LotCSV } from '/parking/lot-csv.js';
import { columnsOf, extentOf } from '/parking/occupancy.js';
import { PlanCard } from '/parking/driver.js';
import { t } from '/parking/owner-words.js';
import { ChartModel } from '/parts/chart-model.js';
import { TimeChart } from '/parts/chart.js';
import { Empty } from '/parts/empty.js';
import { Problem } from '/parts/problem.js';
import { RangePicker, viewOf, zoomTo } from '/parts/range.js';
import { Tile } from '/parts/tile.js';

const series = [{ label: t('occupied'), tone: '--chart-1' }];

function History({ lot, query }) {
    const view = viewOf(query);
    const present = now() / 1000;
    const [from, to] = view.live ? [present - view.span, present] : [view.from, view.to];
    const step = stepFor(view.span);
    const key = `${lot.lot_id} ${view.key ?? `${view.from}-${view.to}`}`;
    const ask = { from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString(),
        step: stepText(step) };
    const { data, error, loading, reload } = useLoad(key, (options) => parking.history(lot.lot_id, ask, options));
    const model = useMemo(() => {
        const made = new ChartModel(3, step * 2.5);
        const { times, values } = columnsOf(data?.rows ?? []);
        made.replace(times, values);
        return made;
    }, [data]);
    if (error && !data) return html`<${Problem} error=${error} title=${t('history.unread')} retry=${reload} />`;
    // A row stands for the step behind it, so the first begins before the time that is shown.
    const say = (chart, start, end) => {
        const found = extentOf(data?.rows ?? [], start - step, end);
        if (!found) return data ? t('history.none') : '';
        const { low, high, seconds } = found;
        const words = low === high ? t('history.always', { low })
            : t('history.between', { low, high, mean: number(found.mean, 1) });
        const isPart = seconds < 0.9 * (to - from);
        return t(isPart ? 'history.part' : 'history.whole', { words, span: duration(seconds) });
    };
    return html`
        <div class="toolbar"><${RangePicker} view=${view} /></div>
        <${TimeChart} key=${key} label=${t('history.chart')} model=${model}
            view=${view.live ? { live: false, from, to } : view} series=${series} band zero least=${4}
            loading=${loading}
            onZoom=${zoomTo} say=${say} idle="" columns=${[t('history.mean'), t('most'), t('fewest')]}
                format=${(column, value) => (Number.isFinite(value) ? number(value, column === 0 ? 1 : 0) : '–')}
            readout=${(plotted, index) => (Number.isFinite(plotted[1][index])
                ? `${plotted[2][index] === plotted[3][index]
                ? number(plotted[2][index], 0)
                : `${number(plotted[3][index], 0)} to ${number(plotted[2][index], 0)}`} occupied` : null)}
            actions=${html`<${LotCSV} lot=${lot} name="history" query=${ask} />`} />`;
}

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
                <${History} lot=${lot} query=${query} /></section>
            </div>
        </div>`;
}

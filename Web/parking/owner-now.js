// How the lot is now, and how it was.

import { html, useMemo } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { duration, now } from '/lib/time.js';
import { number } from '/lib/format.js';
import { stepFor, stepText } from '/parking/steps.js';
import { withQuery } from '/app/router.js';
import { parking } from '/parking/api.js';
import { CSV } from '/parking/csv.js';
import { amount } from '/parking/model.js';
import { columnsOf, extentOf } from '/parking/occupancy.js';
import { PlanCard } from '/parking/driver.js';
import { percent } from '/parking/owner.js';
import { ChartModel } from '/parts/chart-model.js';
import { TimeChart } from '/parts/chart.js';
import { Empty } from '/parts/empty.js';
import { Problem } from '/parts/problem.js';
import { RangePicker, viewOf, zoomTo } from '/parts/range.js';
import { Tile } from '/parts/tile.js';

const series = [{ label: 'Occupied', tone: '--chart-1' }];

function History({ lot, query }) {
    const view = viewOf(query);
    const present = now() / 1000;
    const [from, to] = view.live ? [present - view.span, present] : [view.from, view.to];
    const step = stepFor(view.span);
    const key = `${lot.lot_id} ${view.key ?? `${view.from}-${view.to}`}`;
    const ask = { from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString(), step: stepText(step) };
    const { data, error, loading, reload } = useLoad(key, (options) => parking.history(lot.lot_id, ask, options));
    const model = useMemo(() => {
        const made = new ChartModel(3, step * 2.5);
        const { times, values } = columnsOf(data?.rows ?? []);
        made.replace(times, values);
        return made;
    }, [data]);
    if (error && !data) return html`<${Problem} error=${error} title="The history could not be read" retry=${reload} />`;
    // A row stands for the step behind it, so the first begins before the time that is shown.
    const say = (chart, start, end) => {
        const found = extentOf(data?.rows ?? [], start - step, end);
        if (!found) return data ? 'Nothing is known of this time.' : '';
        return `${found.low === found.high ? `${number(found.low, 0)} occupied all the time` : `Between ${number(found.low, 0)} and ${number(found.high, 0)} occupied, ${number(found.mean, 1)} on average`}${
            found.seconds < 0.9 * (to - from) ? `, in the ${duration(found.seconds)} that are known` : ''}.`;
    };
    return html`
        <div class="toolbar"><${RangePicker} view=${view} /></div>
        <${TimeChart} key=${key} label="Occupied spots" model=${model} view=${view.live ? { live: false, from, to } : view} series=${series} band zero least=${4} loading=${loading}
            onZoom=${zoomTo} say=${say} idle="" columns=${['Occupied, mean', 'Most', 'Fewest']} format=${(column, value) => (Number.isFinite(value) ? number(value, column === 0 ? 1 : 0) : '–')}
            readout=${(plotted, index) => (Number.isFinite(plotted[1][index]) ? `${plotted[2][index] === plotted[3][index] ? number(plotted[2][index], 0) : `${number(plotted[3][index], 0)} to ${number(plotted[2][index], 0)}`} occupied` : null)}
            actions=${html`<${CSV} lot=${lot} name="history" query=${ask} />`} />`;
}

export function NowTab({ lot, spots, status, counts, query, may }) {
    const { data: stats } = useLoad(`stats ${lot.lot_id}`, (options) => parking.stats(lot.lot_id, options));
    const { all } = counts;
    if (spots.length === 0) return html`
        <${Empty} icon="parking" title="No spot yet">
            <p>Add spots by hand or from a file; or let their sensors in under Devices.</p>
            ${may('parking.manage') && html`<p class="actions"><a class="button primary" href=${withQuery({ tab: 'settings' })} data-replace>Add spots</a></p>`}
        <//>`;
    const known = all.free + all.occupied + all.reserved;
    return html`
        <div class="owner-stack">
            <dl class="tiles money-tiles">
                <${Tile} label="Free" value=${known > 0 ? number(all.free, 0) : '?'} unit=${`of ${all.total}`} />
                <${Tile} label="Occupied" value=${number(all.occupied, 0)} note=${known > 0 ? `${percent(all.occupied / known)} of what is known` : null} />
                <${Tile} label="Unknown" value=${number(all.unknown, 0)} tone=${all.unknown > 0 ? 'warn' : null} note=${all.unknown > 0 ? 'silent sensors' : 'every sensor was heard'} />
                <${Tile} label="Out of service" value=${number(all.out_of_service, 0)} note=${all.reserved > 0 ? `${all.reserved} reserved` : null} />
                ${may('parking.money') && html`<${Tile} label="Revenue today" value=${amount(stats?.revenue_today_minor, stats?.currency)} />`}
                <${Tile} label="Turnover today" value=${number(stats?.turnover, 1)} note="cars a spot" />
                <${Tile} label="Mean stay" value=${Number.isFinite(stats?.mean_stay_seconds) ? duration(stats.mean_stay_seconds) : '–'} />
            </dl>
            <div class="owner-grid">
            ${spots.length > 0 && html`<${PlanCard} lot=${lot} spots=${spots} status=${status} counts=${counts} query=${query} />`}
            <section aria-labelledby="history-name"><h2 id="history-name" class="unseen">History</h2><${History} lot=${lot} query=${query} /></section>
            </div>
        </div>`;
}

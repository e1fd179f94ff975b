// How many spots will be free in the next 24 hours, and how far such a forecast was off before.

import { html, useEffect, useMemo } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { number } from '/lib/format.js';
import { instant, now, onTick } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { clock } from '/parking/zone.js';
import { ChartModel } from '/parts/chart-model.js';
import { TimeChart } from '/parts/chart.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';

const series = [{ label: 'Free spots, forecast', tone: '--chart-1' }];
const readEvery = 900_000;


export function ForecastCard({ lot }) {
    const { data, error, loading, reload } = useLoad(`forecast ${lot.lot_id}`, (options) => parking.forecast(lot.lot_id, options));
    useEffect(() => { let at = Date.now(); return onTick(() => { if (Date.now() - at > readEvery) { at = Date.now(); reload(); } }); }, [reload]);
    const points = data?.quarters ?? [];
    const model = useMemo(() => {
        const made = new ChartModel(1, 3600);
        made.replace(points.map((point) => instant(point.at) / 1000), [points.map((point) => point.free)]);
        return made;
    }, [data]);
    if (!data && loading) return html`<${Skeleton} shape="chart" label="Loading the forecast" />`;
    if (!data) return html`<section class="card"><h2>Forecast</h2><${Problem} error=${error} small level="h3" title="There is no forecast at present" /></section>`;
    const zone = lot.time_zone ?? 'UTC';
    const [today, tomorrow] = data.usually_full ?? [];
    const fullWords = today?.by ? `Usually full by ${today.by} today.` : tomorrow?.by ? `Usually full by ${tomorrow.by} tomorrow.` : 'Usually not full today.';
    const miss = data.error?.mean_absolute ?? null;
    const missWords = miss === null ? 'How far such a forecast is off is not known yet.' : `In the last week such a forecast was off by ${number(miss, 1)} spots on average.`;
    const weeks = data.basis?.weeks ?? 0;
    const basisWords = weeks > 0 ? ` Made of the same weekday of ${weeks === 1 ? 'one past week' : `${weeks} past weeks`} and of what is so now.` : '';
    if (points.length === 0 || !points.some((point) => Number.isFinite(point.free))) return html`
        <section class="card"><h2>Forecast</h2><p class="hint">There is not enough history yet to say how it will be.</p></section>`;
    const view = { live: false, from: instant(points[0].at) / 1000, to: instant(points[points.length - 1].at) / 1000 };
    const say = (chart, from, to) => {
        const found = chart.summary(from, to);
        const range = found ? `Between ${number(Math.round(found.low), 0)} and ${number(Math.round(found.high), 0)} free in the next 24 hours. ` : '';
        return `${range}${fullWords} ${missWords}${basisWords}`;
    };
    return html`
        <section aria-labelledby="forecast-name">
            <h2 id="forecast-name" class="unseen">Forecast</h2>
            <${TimeChart} key=${data.from} label="Free spots, forecast" model=${model} view=${view} series=${series} zero least=${4} height=${168}
                say=${say} idle=${today?.by ? `Full by ${today.by}` : ''} columns=${['Free']} format=${(column, value) => number(value === null ? null : Math.round(value), 0)}
                readout=${(plotted, index) => (Number.isFinite(plotted[1][index]) ? `${clock(plotted[0][index] * 1000, zone)}  ${number(Math.round(plotted[1][index]), 0)} free` : null)} />
        </section>`;
}

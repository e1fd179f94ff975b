// How many spots will be free in the next 24 hours, and how far such a forecast was off before.

import { html, useEffect, useMemo } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { minuteIn, number } from '/lib/format.js';
import { instant, now, onTick } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { t } from '/parking/words.js';
import { ChartModel } from '/parts/chart-model.js';
import { TimeChart } from '/parts/chart.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';

const series = [{ label: t('forecast.title'), tone: '--chart-1' }];
const readEvery = 900_000;


export function ForecastCard({ lot }) {
    const { data, error, loading, reload } = useLoad(`forecast ${lot.lot_id}`,
        (options) => parking.forecast(lot.lot_id, options));
    useEffect(() =>
        { let at = Date.now(); return onTick(() => { if (Date.now() - at > readEvery) { at = Date.now(); reload(); } });
        }, [reload]);
    const points = data?.quarters ?? [];
    const model = useMemo(() => {
        const made = new ChartModel(1, 3600);
        made.replace(points.map((point) => instant(point.at) / 1000), [points.map((point) => point.free)]);
        return made;
    }, [data]);
    if (!data && loading) return html`<${Skeleton} shape="chart" label=${t('forecast.loading')} />`;
    if (!data) return html`<section class="card"><h2>${t('forecast')}</h2><${Problem} error=${error} small level="h3"
        title=${t('forecast.unread')} /></section>`;
    const zone = lot.time_zone ?? 'UTC';
    const [today, tomorrow] = data.usually_full ?? [];
    const fullWords = today?.by ? t('forecast.fullToday', { by: today.by }) : tomorrow?.by
        ? t('forecast.fullTomorrow', { by: tomorrow.by }) : t('forecast.notFull');
    const miss = data.error?.mean_absolute ?? null;
    const missWords = miss === null ? t('forecast.missUnknown') : t('forecast.miss', { miss: number(miss, 1) });
    const weeks = data.basis?.weeks ?? 0;
    const basisWords = weeks > 0 ? t('forecast.basis', { count: weeks }) : '';
    if (points.length === 0 || !points.some((point) => Number.isFinite(point.free))) return html`
        <section class="card"><h2>${t('forecast')}</h2><p class="hint">${t('forecast.none')}</p></section>`;
    const view = { live: false, from: instant(points[0].at) / 1000, to: instant(points[points.length - 1].at) / 1000 };
    const say = (chart, from, to) => {
        const found = chart.summary(from, to);
        const range = found
            ? t('forecast.range',
            { low: Math.round(found.low), high: Math.round(found.high) }) : '';
        return [range, fullWords, missWords, basisWords].filter(Boolean).join(' ');
    };
    return html`
        <section aria-labelledby="forecast-name">
            <h2 id="forecast-name" class="unseen">${t('forecast')}</h2>
            <${TimeChart} key=${data.from} label=${t('forecast.title')} model=${model} view=${view}
                series=${series} zero least=${4} height=${168}
                say=${say} idle=${today?.by ? t('forecast.fullBy', { by: today.by }) : ''} columns=${[t('free')]}
                    format=${(column, value) => number(value === null ? null : Math.round(value), 0)}
                readout=${(plotted, index) =>
                    (Number.isFinite(plotted[1][index])
                    ? `${minuteIn(plotted[0][index] * 1000, zone)}  ${t('countFree',
                    { count: Math.round(plotted[1][index]) })}` : null)} />
        </section>`;
}

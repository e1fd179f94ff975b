// How much of a place will be free in the next 24 hours, and how far such a forecast was off before.

import { html, useMemo } from '/lib/html.js';
import { minuteIn, number } from '/lib/format.js';
import { useEvery, useLoad } from '/lib/hooks.js';
import { messages } from '/lib/i18n.js';
import { instant } from '/lib/time.js';
import { ChartModel } from '/parts/chart-model.js';
import { TimeChart } from '/parts/chart.js';
import strings from '/parts/occupancy.en.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';

const t = messages(strings);

/** A forecast holds for a quarter of an hour. Seconds. */
const readEvery = 900;

/** When it is usually full. */
function fullWords([today, tomorrow]) {
    if (today?.by) return t('full.today', { by: today.by });
    return tomorrow?.by ? t('full.tomorrow', { by: tomorrow.by }) : t('full.not');
}

/**
 * @param of the place's name; @param zone its time zone; @param label of the chart
 * @param read(options) asks for the forecast (`OccupancyForecast.answer` in Swift)
 * @param missed(miss) the sentence that says by how many such a forecast was off, as a text
 */
export function Forecast({ of, zone = 'UTC', label, read, missed }) {
    const { data, error, loading, reload } = useLoad(`forecast ${of}`, read);
    useEvery(readEvery, reload);
    const points = data?.quarters ?? [];
    const model = useMemo(() => {
        const made = new ChartModel(1, 3600);
        made.replace(points.map((point) => instant(point.at) / 1000), [points.map((point) => point.free)]);
        return made;
    }, [data]);
    if (!data && loading) return html`<${Skeleton} shape="chart" label=${t('forecast.loading')} />`;
    if (!data) return html`<section class="card"><h2>${t('forecast')}</h2><${Problem} error=${error} small level="h3"
        title=${t('forecast.unread')} /></section>`;
    if (!points.some((point) => Number.isFinite(point.free))) return html`
        <section class="card"><h2>${t('forecast')}</h2><p class="hint">${t('forecast.none')}</p></section>`;
    const today = data.usually_full?.[0];
    const miss = data.error?.mean_absolute ?? null;
    const weeks = data.basis?.weeks ?? 0;
    const view = { live: false, from: instant(points[0].at) / 1000, to: instant(points[points.length - 1].at) / 1000 };
    const say = (chart, from, to) => {
        const found = chart.summary(from, to);
        return [found && t('forecast.range', { low: Math.round(found.low), high: Math.round(found.high) }),
            fullWords(data.usually_full ?? []),
            miss === null ? t('forecast.missUnknown') : missed(number(miss, 1)),
            weeks > 0 && t('forecast.basis', { count: weeks })].filter(Boolean).join(' ');
    };
    const readout = ([times, free], index) => (Number.isFinite(free[index])
        ? t('freeAt', { at: minuteIn(times[index] * 1000, zone), count: Math.round(free[index]) }) : null);
    return html`
        <section aria-labelledby="forecast-name">
            <h2 id="forecast-name" class="unseen">${t('forecast')}</h2>
            <${TimeChart} key=${data.from} label=${label} model=${model} view=${view}
                series=${[{ label, tone: '--chart-1' }]} zero least=${4} height=${168} say=${say}
                idle=${today?.by ? t('full.by', { by: today.by }) : ''} columns=${[t('free')]} readout=${readout}
                format=${(column, value) => number(value === null ? null : Math.round(value), 0)} />
        </section>`;
}

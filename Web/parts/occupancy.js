// How much of a place was occupied over a time, with the most and the fewest at any instant.

import { html, useMemo } from '/lib/html.js';
import { duration, number } from '/lib/format.js';
import { useLoad } from '/lib/hooks.js';
import { messages } from '/lib/i18n.js';
import { columnsOf, extentOf } from '/lib/occupancy.js';
import { stepFor, stepText } from '/lib/thinning.js';
import { now } from '/lib/time.js';
import { ChartModel } from '/parts/chart-model.js';
import { TimeChart } from '/parts/chart.js';
import strings from '/parts/occupancy.en.js';
import { Problem } from '/parts/problem.js';
import { RangePicker, viewOf, zoomTo } from '/parts/range.js';

const t = messages(strings);

/** About a hundred points fill the chart; within a minute little changes. */
const thinning = { most: 120, least: 60 };

/** The sentence about what was so between two times, of which `wanted` seconds were asked for. */
function sentence(rows, start, end, wanted) {
    const found = extentOf(rows, start, end);
    if (!found) return t('none');
    const { low, high, seconds } = found;
    const words = low === high ? t('always', { low }) : t('between', { low, high, mean: number(found.mean, 1) });
    return t(seconds < 0.9 * wanted ? 'part' : 'whole', { words, span: duration(seconds) });
}

/** What was so at a point of the plotted arrays, or null in a gap. */
function pointAt([, mean, most, fewest], index) {
    if (!Number.isFinite(mean[index])) return null;
    const [low, high] = [number(fewest[index], 0), number(most[index], 0)];
    return most[index] === fewest[index] ? t('at', { low: high }) : t('within', { low, high });
}

/**
 * The chart, with the choice of the time that it shows, in the address.
 * @param of the place's name; @param label of the chart; @param series [{label, tone}] of its line
 * @param read(query, options) asks for the history (`OccupancyRequest` in Swift): from, to, step
 * @param csv(query) the button for the same as a file
 */
export function Occupancy({ of, label, series, query, read, csv }) {
    const view = viewOf(query);
    const present = now() / 1000;
    const [from, to] = view.live ? [present - view.span, present] : [view.from, view.to];
    const step = stepFor(view.span, thinning);
    const key = `${of} ${view.key ?? `${view.from}-${view.to}`}`;
    const ask = { from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString(),
        step: stepText(step) };
    const { data, error, loading, reload } = useLoad(key, (options) => read(ask, options));
    const model = useMemo(() => {
        const made = new ChartModel(3, step * 2.5);
        const { times, values } = columnsOf(data?.rows ?? []);
        made.replace(times, values);
        return made;
    }, [data]);
    if (error && !data) return html`<${Problem} error=${error} title=${t('unread')} retry=${reload} />`;
    return html`
        <div class="toolbar"><${RangePicker} view=${view} /></div>
        <${TimeChart} key=${key} label=${label} model=${model}
            view=${view.live ? { live: false, from, to } : view} series=${series} band zero least=${4}
            loading=${loading} onZoom=${zoomTo} idle="" columns=${[t('mean'), t('most'), t('fewest')]}
            say=${(_, start, end) => (data ? sentence(data.rows, start - step, end, to - from) : '')}
            format=${(column, value) => number(value, column === 0 ? 1 : 0)} readout=${pointAt}
            actions=${csv(ask)} />`;
}

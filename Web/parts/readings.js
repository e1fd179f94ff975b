// The charts of a device's fields, one under the other with one crosshair.

import { html } from '/lib/html.js';
import { describe, health, quantity, value } from '/lib/fields.js';
import { moment, number, span } from '/lib/format.js';
import { messages } from '/lib/i18n.js';
import { stepFor } from '/lib/thinning.js';
import { now } from '/lib/time.js';
import { bounds } from '/parts/chart-model.js';
import { TimeChart } from '/parts/chart.js';
import { CSV } from '/parts/csv.js';
import { Incomplete } from '/parts/incomplete.js';
import { Problem } from '/parts/problem.js';
import { viewWords, zoomTo } from '/parts/range.js';
import strings from '/parts/readings.en.js';

const t = messages(strings);

const line = [{ label: 'mean', tone: '--chart-1' }];
const healthLine = [{ label: 'mean', tone: '--chart-3' }];

/**
 * Uptime is read in hours and days: its axis has labels at whole ones, with minutes where those lie closer together.
 */
export const uptimeAxis = {
    steps: [60, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 8_640_000, 31_536_000],
    tick(seconds, step) {
        if (seconds < 0) return '';
        const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24,
            Math.floor(seconds / 60) % 60];
        const clock = step < 3600 ? `${hours}:${`${minutes}`.padStart(2, '0')}\u00a0h` : `${hours}\u00a0h`;
        if (days === 0) return seconds < 3600 && step < 3600 ? `${minutes}\u00a0min` : clock;
        return step % 86_400 === 0 ? `${number(days, 0)}\u00a0d` : `${number(days, 0)}\u00a0d ${clock}`;
    },
};

/** The raw readings in view as a file; `csv` is {file, address(query), read(query)}. */
function FieldCSV({ field, view, csv }) {
    const [from, to] = bounds(view, now());
    const query = { field, from: Math.floor(from), to: Math.ceil(to), limit: 100_000 };
    const since = new Date(from * 1000).toISOString().slice(0, 16).replace(/[-:]/g, '');
    return html`<${CSV} file=${`${csv.file}-${field}-${since}`} href=${csv.address(query)} read=${() => csv.read(query)}
        of=${t('csv.of', { field: describe(field).label })} />`;
}

/** What a field did in the time shown, as the end of a sentence. */
function course(field, found, step, sample) {
    if (field === 'uptime') {
        const anew = found.last < found.high - 2 * step;
        return anew ? t('restarted') : t('increase', { field: quantity(field, found.high) });
    }
    if (found.low === found.high) return t('always', { value: quantity(field, found.low, sample) });
    return t('between', { low: value(field, found.low, sample), high: quantity(field, found.high, sample),
        mean: quantity(field, found.mean, sample) });
}

/** Time and value at a point of the plotted arrays, or null in a hole. */
function pointAt(field, [times, mean, high, low], index, sample) {
    if (typeof mean[index] !== 'number') return null;
    const isSpread = high[index] !== low[index];
    const spread = isSpread
        ? ` (${t('span', { low: value(field, low[index], sample), high: value(field, high[index], sample) })})`
        : '';
    return `${moment(times[index] * 1000)}  ${quantity(field, mean[index], sample)}${spread}`;
}

function FieldChart({ field, latest, series, view, loading, csv, sync }) {
    // One unit for the whole chart, told by the newest value.
    const sample = latest?.value;
    const about = describe(field, sample);
    const say = (model, from, to) => {
        const found = model.summary(from, to, { mean: 0, high: 1, low: 2 });
        if (!found) return loading ? t('loading')
            : t('none', { field: about.label.toLowerCase(), time: viewWords(view) });
        return t(view.live ? 'inTime' : 'fromTime',
            { time: viewWords(view), course: course(field, found, stepFor(view.span), sample) });
    };
    const readout = (data, index) => pointAt(field, data, index, sample);
    return html`
        <${TimeChart} label=${about.label} unit=${field === 'uptime' ? '' : about.unit}
            ...${field === 'uptime' ? uptimeAxis : {}}
            model=${series.model(field)} view=${view} band least=${about.least} sync=${sync} onZoom=${zoomTo}
            series=${health.has(field) ? healthLine : line} loading=${loading} height=${health.has(field) ? 136 : 192}
            say=${say} readout=${readout} idle=${latest ? quantity(field, latest.value) : ''}
            columns=${[t('mean'), t('greatest'), t('least')]} format=${(column, raw) => quantity(field, raw, sample)}
            actions=${csv && html`<${FieldCSV} field=${field} view=${view} csv=${csv} />`} />`;
}

/**
 * A chart for each of `fields`. What is shown comes from `useSeries`, whose result is given as it is.
 * @param latest the newest values by field, {value, observed_at}; @param view of `viewOf`
 * @param csv where the readings are as a file: {file, address(query), read(query)}; null: nowhere
 * @param sync a name that charts share which have one crosshair
 */
export function Readings({ fields, latest, view, csv = null, sync = 'readings', series, loading, error, gaps,
    reload }) {
    if (error) return html`<${Problem} error=${error} title=${t('unread')} retry=${reload} small />`;
    const isOfSurroundings = fields.some((field) => !health.has(field));
    return html`
        <div class="charts" data-loading=${loading}>
            ${isOfSurroundings && html`<${Incomplete} gaps=${gaps} />`}
            ${fields.map((field) => html`
                <${FieldChart} key=${field} field=${field} latest=${latest?.[field]} series=${series} view=${view}
                    loading=${loading} csv=${csv} sync=${sync} />`)}
            ${isOfSurroundings && html`
                <p class="charts-note">${t('legend', { step: span(stepFor(view.span)) })}</p>`}
        </div>`;
}

// The charts of a node's fields, one under the other with one crosshair.

import { html, useState } from '/lib/html.js';
import { address } from '/lib/api.js';
import { api } from '/nodes/api.js';
import { describe, health, quantity, value } from '/lib/fields.js';
import { moment, number, span } from '/lib/format.js';
import { now } from '/lib/time.js';
import { t } from '/nodes/words.js';
import { bounds } from '/parts/chart-model.js';
import { TimeChart } from '/parts/chart.js';
import { Icon } from '/parts/icons.js';
import { Incomplete } from '/parts/incomplete.js';
import { Problem } from '/parts/problem.js';
import { viewWords, zoomTo } from '/parts/range.js';
import { toast } from '/parts/toast.js';
import { stepFor } from '/nodes/thinning.js';

const line = [{ label: 'mean', tone: '--chart-1' }];

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

const healthLine = [{ label: 'mean', tone: '--chart-3' }];

/** Hands a text to the reader as a file. */
function save(text, name) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Loads the raw readings in view as CSV. The plain address is in the link too, for curl: with `Accept: text/csv` it
 * gives the same.
 */
function CsvLink({ node, field, view }) {
    const [busy, set] = useState(false);
    const [from, to] = bounds(view, now());
    const query = { field, from: Math.floor(from), to: Math.ceil(to), limit: 100_000 };
    const load = async (event) => {
        event.preventDefault();
        if (busy) return;
        set(true);
        try {
            const since = new Date(from * 1000).toISOString().slice(0, 16).replace(/[-:]/g, '');
            save(await api.readingsCSV(node.node_id, query), `${node.node_id}-${field}-${since}.csv`);
        } catch (error) {
            toast({ tone: 'bad', text: t('csv.fault', { message: error.message }) });
        }
        set(false);
    };
    return html`
        <a class="button small quiet"
            href=${address(`/api/nodes/${encodeURIComponent(node.node_id)}/readings`, query)} download
            aria-busy=${busy} onClick=${load}>
            <${Icon} name="download" />CSV<span class="unseen"> ${t('fileOf', { field: describe(field).label })}</span>
        </a>`;
}

/** What a field did in the time shown, as the end of a sentence. */
function course(field, found, step, sample) {
    if (field === 'uptime') {
        const anew = found.last < found.high - 2 * step;
        return anew ? t('readings.restarted') : t('field.increase', { field: quantity(field, found.high) });
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
        ? ` (${t('lowToHigh', { low: value(field, low[index], sample), high: value(field, high[index], sample) })})`
        : '';
    return `${moment(times[index] * 1000)}  ${quantity(field, mean[index], sample)}${spread}`;
}

function FieldChart({ node, field, series, view, loading }) {
    const latest = node.latest?.[field];
    // One unit for the whole chart, told by the node's latest value.
    const sample = latest?.value;
    const about = describe(field, sample);
    const say = (model, from, to) => {
        const found = model.summary(from, to, { mean: 0, high: 1, low: 2 });
        if (!found) return loading ? 'Loading…' : `No ${about.label.toLowerCase()} in ${viewWords(view)}.`;
        return t(view.live ? 'inTime' : 'fromTime',
            { time: viewWords(view), course: course(field, found, stepFor(view.span), sample) });
    };
    const readout = (data, index) => pointAt(field, data, index, sample);
    return html`
        <${TimeChart} label=${about.label} unit=${field === 'uptime' ? '' : about.unit}
            ...${field === 'uptime' ? uptimeAxis : {}}
            model=${series.model(field)} view=${view} band least=${about.least} sync="node" onZoom=${zoomTo}
            series=${health.has(field) ? healthLine : line} loading=${loading} height=${health.has(field) ? 136 : 192}
            say=${say} readout=${readout} idle=${latest ? quantity(field, latest.value) : ''}
            columns=${[t('mean'), t('greatest'), t('least')]} format=${(column, raw) => quantity(field, raw, sample)}
            actions=${html`<${CsvLink} node=${node} field=${field} view=${view} />`} />`;
}

export function Charts({ node, fields, series, view, loading, error, gaps, reload }) {
    if (error) return html`<${Problem} error=${error} title=${t('readings.unread')} retry=${reload} small />`;
    const step = stepFor(view.span);
    return html`
        <div class="charts" data-loading=${loading}>
            ${fields.some((field) => !health.has(field)) && html`<${Incomplete} gaps=${gaps} />`}
            ${fields.map((field) => html`
                <${FieldChart} key=${field} node=${node} field=${field} series=${series} view=${view}
                    loading=${loading} />`)}
            ${fields.some((field) => !health.has(field)) && html`
                <p class="charts-note">
                    ${t('chart.legend', { step: span(step) })}
                </p>`}
        </div>`;
}

// A chart over time that grows by itself. The line is on a canvas, which says nothing to a screen reader; so every
// chart has a sentence that says what it shows, and a table behind a button.

import { html, useEffect, useMemo, useRef, useState } from '/lib/html.js';
import { number } from '/lib/format.js';
import { t } from '/lib/i18n.js';
import { now } from '/lib/time.js';
import { useTheme } from '/app/theme.js';
import { bounds } from '/parts/chart-model.js';
import { loadPlot } from '/parts/chart-load.js';
import { useId } from '/parts/form.js';
import { Icon } from '/parts/icons.js';

/** A label with as many digits as the steps of its axis have, so that no two are alike. */
export function plain(value, step) {
    let digits = 0;
    while (digits < 12 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-6) digits += 1;
    return number(value, digits);
}

/** At most so many redraws a second for what arrives. */
const redrawEvery = 250;

function usePlot({ model, view, series, band, least, zero, sync, onZoom, height, pointed, tick, steps }) {
    const box = useRef(null);
    const held = useRef({});
    held.current.view = view;
    held.current.onZoom = onZoom;
    held.current.pointed = pointed;
    const [, theme] = useTheme();
    const [fault, setFault] = useState(null);
    useEffect(() => {
        let plot = null;
        let ended = false;
        let timer = null;
        const limits = () => bounds(held.current.view, now());
        const draw = () => {
            timer = null;
            if (!plot || document.hidden) return;
            // While the reader draws a selection the picture holds still under the finger.
            if (plot.select.width > 0) return;
            plot.setData(model.plotted(), true);
        };
        const soon = () => { timer ??= setTimeout(draw, redrawEvery); };
        held.current.draw = draw;
        const unwatch = model.watch(soon);
        const clockTimer = setInterval(() => { if (held.current.view.live) soon(); }, 1000);
        let lastWidth = 0;
        const size = new ResizeObserver(([entry]) => {
            const width = Math.floor(entry.contentRect.width);
            if (plot && width > 0 && width !== lastWidth) { lastWidth = width; plot.setSize({ width, height }); }
        });
        loadPlot(box.current).then(([uPlot, plotOptions]) => {
            if (ended) return;
            lastWidth = Math.floor(box.current.clientWidth);
            const options = plotOptions({ width: lastWidth, height, series, band, least, zero, sync, tick, steps,
                range: () => limits(), zoomed: (from, to) => held.current.onZoom?.(from, to),
                pointed: (index) => held.current.pointed(index === null ? null : { index, data: plot.data }) });
            plot = new uPlot(options, model.plotted(), box.current);
            size.observe(box.current);
        }, (error) => setFault(error));
        return () => {
            ended = true;
            clearTimeout(timer);
            clearInterval(clockTimer);
            unwatch();
            size.disconnect();
            plot?.destroy();
        };
    }, [model, theme, series, band, least, zero, sync, height, steps]);
    useEffect(() => { held.current.draw?.(); }, [view.live, view.span, view.from, view.to]);
    return [box, fault];
}

/** The table of a chart, fetched when it is first wanted; null before it is there. */
function useTable(isWanted) {
    const [held, hold] = useState({ Table: null });
    useEffect(() => {
        if (isWanted && !held.Table) import('/parts/chart-table.js').then(({ ChartTable }) =>
            hold({ Table: ChartTable }), () => { /* Asked for anew. */ });
    }, [isWanted]);
    return held.Table;
}

/** A sentence about the part in view, made anew at most every five seconds. */
function useSummary(model, view, say) {
    const [, set] = useState(0);
    useEffect(() => {
        let timer = null;
        const anew = () => { timer = null; set((value) => value + 1); };
        const unwatch = model.watch(() => { timer ??= setTimeout(anew, model.count === 0 ? 0 : 5000); });
        return () => { unwatch(); clearTimeout(timer); };
    }, [model]);
    const [from, to] = bounds(view, now());
    return say(model, from, to);
}

/**
 * @param model a ChartModel; @param view {live, span} or {from, to}, seconds, shared by the charts of a page
 * @param series drawn lines: {label, tone}; with `band` columns 1 and 2 of the model are its upper and lower edge
 * @param say(model, from, to) the sentence; @param readout(data, index) what is under the pointer, as text
 * @param idle what stands at the readout's place while nothing is pointed at
 * @param format(column, value) a value of the table as text; @param columns the table's headings
 * @param actions more buttons; @param note what is shown over an empty plot
 */
export function TimeChart({ label, unit = '', model, view, series, band = false, least = 0, zero = false, sync = null,
    onZoom = null, height = 208, say, readout, idle, columns, format, actions = null, empty = null, loading = false,
    legend = false, tick = plain, steps }) {
    const readoutElement = useRef(null);
    const [pointed, point] = useState(null);
    const [asTable, showTable] = useState(false);
    const Table = useTable(asTable);
    const lines = useMemo(() => series, [series.map((each) => each.label + each.tone).join()]);
    const [box, fault] = usePlot({ model, view, series: lines, band, least, zero, sync, onZoom, height, tick, steps,
        pointed: (at) => point(at === null ? null : readout(at.data, at.index)) });
    const sentence = useSummary(model, view, say);
    const id = useId('chart');
    const [from, to] = bounds(view, now());
    const nothing = !loading && !model.times.some((time) => time >= from && time <= to);
    return html`
        <figure class="chart" aria-labelledby=${`${id}-name`}>
            <figcaption>
                <h3 id=${`${id}-name`}>${label}${unit && html` <span class="chart-unit">${unit}</span>`}</h3>
                <p class="chart-readout" ref=${readoutElement} data-pointed=${pointed !== null}>${pointed ?? idle}</p>
            </figcaption>
            ${legend && html`
                <ul class="chart-legend" role="list">${lines.map((line, index) => html`
                    <li key=${line.label} data-line=${index}>
                        <span class="swatch" data-tone=${line.tone.slice(2)} data-dash=${Boolean(line.dash)}></span>
                        ${line.label}
                    </li>`)}</ul>`}
            <div class="chart-plot" role="img" aria-label=${t('chart.of', { label, sentence })} data-loading=${loading}
                style=${{ height: `${height}px` }}>
                <div class="chart-box" ref=${box}></div>
                ${nothing && html`<p class="chart-note">${empty ?? t('chart.empty')}</p>`}
                ${fault && html`
                    <p class="chart-note">${t('chart.fault')}</p>`}
            </div>
            <div class="chart-foot">
                <p class="chart-sentence">${sentence}</p>
                <div class="chart-actions">
                    <button type="button" class="button small quiet" aria-expanded=${asTable}
                        aria-controls=${`${id}-table`} onClick=${() => showTable(!asTable)}>
                        <${Icon} name="table" />
                        ${asTable ? t('chart.hide') : t('chart.show')}
                        <span class="unseen"> ${t('chart.ofLabel', { label })}</span>
                    </button>
                    ${actions}
                </div>
            </div>
            <div id=${`${id}-table`} hidden=${!asTable}>
                ${asTable && Table && html`
                    <${Table} label=${label} model=${model} view=${view} columns=${columns} format=${format} />`}
            </div>
        </figure>`;
}
